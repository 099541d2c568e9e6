// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { StreamReplica } from '../src/streamReplica.js'
import { opened } from './messages.js'
import { accessToken, openPage, recorder } from './page.js'

const meta = (id: number) => ({ id: String(id), timestamp: 1000 + id })

describe('a stream', () => {
  test('shows a window that is the same array until it moves', () => {
    const stream = new StreamReplica()
    stream.append({ feed: 1, parts: ['a', 'b', 'c'] })
    const window = stream.shown(2)
    expect(window).toEqual(['c'])
    expect(stream.shown(2)).toBe(window)
    expect(stream.shown()).toEqual(['a', 'b', 'c'])
    stream.append({ feed: 1, parts: ['d'] })
    expect(stream.shown(3)).toEqual(['d'])
    expect(stream.shown(9)).toEqual([])
    expect(window).toEqual(['c'])
  })

  test('keeps its indexes when parts that nobody needs are trimmed', () => {
    const stream = new StreamReplica()
    stream.append({ feed: 1, parts: ['a', 'b', 'c'], meta: [meta(0), meta(1), meta(2)] })
    stream.append({ feed: 1, parts: ['d', 'e'], meta: [meta(3)], trim: 2 })
    expect(stream.length).toBe(5)
    expect(stream.since(0)).toEqual(['c', 'd', 'e'])
    expect(stream.since(4)).toEqual(['e'])
    expect(stream.shown(3)).toEqual(['d', 'e'])
    expect(stream.described(1)).toBeUndefined()
    expect(stream.described(3)).toEqual({ ...meta(3), chunk: 'd' })
    expect(stream.described(4)).toBeUndefined()
    const next = StreamReplica.from(stream, 4)
    next.append({ feed: 2, parts: ['E'], meta: [meta(4)] })
    expect([next.length, next.shown(), next.described(4)]).toEqual([5, ['c', 'd', 'E'], { ...meta(4), chunk: 'E' }])
    expect(stream.shown()).toEqual(['c', 'd', 'e'])
  })

  test('goes on with the meta of what comes, when what it goes on from had none', () => {
    const old = new StreamReplica()
    old.append({ feed: 1, parts: ['a', 'b'] })
    const stream = StreamReplica.from(old, 2)
    stream.append({ feed: 2, parts: ['c'], meta: [meta(2)] })
    expect([0, 1, 2].map((index) => stream.described(index))).toEqual([undefined, undefined, { ...meta(2), chunk: 'c' }])
  })
})

describe('hooks of streams', () => {
  let page: Awaited<ReturnType<typeof openPage>>
  beforeEach(async () => {
    page = await openPage()
  })

  test('maxParts shows the window that the runtime names', async () => {
    const { Component, latest } = recorder(() => page.hooks.useRealtimeStream('run_1', 'openai', { accessToken, maxParts: 2 }))
    await page.render(<Component />)
    const [open] = opened(page.posted())
    expect(open!.options).toMatchObject({ maxParts: 2 })
    const view = { scopes: [open!.scope], streams: { openai: 8 }, first: { openai: 1 } }
    await page.publish({ feeds: [{ feed: 8, parts: ['a', 'b', 'c'], lastEventId: '2' }], views: [view] })
    const { parts } = latest()
    expect(parts).toEqual(['b', 'c'])
    await page.publish({ views: [view] })
    expect(latest().parts).toBe(parts)
    await page.publish({ views: [{ ...view, first: { openai: 3 } }] })
    expect(latest()).toMatchObject({ parts: [], lastEventId: '2' })
  })

  test('onParts gets every part once, described, when a view shows it; a mistake in it costs no part', async () => {
    const batches: unknown[] = []
    const uncaught = vi.fn((event: Event) => event.preventDefault())
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      try {
        task()
      } catch (error) {
        uncaught(error as Event)
      }
    })
    uncaught.mockImplementation(() => {})
    const { Component } = recorder(() =>
      page.hooks.useRealtimeStream('run_1', 'openai', {
        accessToken,
        onParts: (parts) => {
          batches.push(parts)
          throw new Error('mine')
        },
      }),
    )
    await page.render(<Component />)
    const [open] = opened(page.posted())
    expect(open!.options).toMatchObject({ onParts: true })
    const view = { scopes: [open!.scope], streams: { openai: 8 } }
    await page.publish({ feeds: [{ feed: 8, parts: ['a'], meta: [{ ...meta(0), recordId: 'k' }] }] })
    expect(batches).toEqual([])
    await page.publish({ feeds: [{ feed: 8, parts: ['b'], meta: [meta(1)] }], views: [view] })
    await page.publish({ views: [view] })
    await page.publish({ feeds: [{ feed: 8, parts: ['c'], meta: [meta(2)] }], views: [view] })
    expect(batches).toEqual([
      [{ ...meta(0), recordId: 'k', chunk: 'a' }, { ...meta(1), chunk: 'b' }],
      [{ ...meta(2), chunk: 'c' }],
    ])
    expect(uncaught).toHaveBeenCalledTimes(2)
  })

  test('useSessionStream shows records and the last control, and gives onRecords both in their order', async () => {
    const batches: unknown[] = []
    const events: unknown[] = []
    const { Component, seen, latest } = recorder(() =>
      page.hooks.useSessionStream('session_1', {
        ...{ accessToken, maxRecords: 10, lastEventId: 7 },
        onRecords: (records) => batches.push(records.map(({ chunk }) => chunk)),
        onControl: (event) => events.push(event),
      }),
    )
    await page.render(<Component />)
    expect(seen[0]).toMatchObject({ records: [], lastEventId: undefined, lastControl: undefined, error: undefined })
    const [open] = opened(page.posted())
    expect(open).toMatchObject({
      spec: { hook: 'session', sessionId: 'session_1', io: 'out' },
      options: { maxParts: 10, lastEventId: '7', onParts: true, onControl: true },
    })
    const headers: [string, string][] = [['trigger-control', 'turn-complete']]
    const control = (seqNum: number) => ({ subtype: 'turn-complete', headers, seqNum, timestamp: 5 })
    const controlAt = (at: number, id: number) => ({
      ...{ sub: open!.sub, control: control(id), at },
      part: { ...meta(id), chunk: `control ${id}`, headers },
    })
    const view = { scopes: [open!.scope], streams: { '': 8 }, control: control(1) }
    const feeds = [{ feed: 8, parts: ['a', 'b'], meta: [meta(0), meta(2)], lastEventId: '3' }]
    await page.publish({ feeds, controls: [controlAt(1, 1), controlAt(2, 3)], views: [view] })
    expect(latest()).toMatchObject({ records: ['a', 'b'], lastEventId: '3', lastControl: control(1) })
    expect(events).toEqual([control(1), control(3)])
    expect(batches).toEqual([['a', 'control 1', 'b', 'control 3']])
    const { lastControl } = latest()
    await page.publish({ controls: [controlAt(2, 4)], views: [view] })
    expect(latest().lastControl).toBe(lastControl)
    expect(batches[1]).toEqual(['control 4'])
  })

  test('useSessionStreamChannel names the channel and its side, and waits for a session', async () => {
    const { Component } = recorder((props) =>
      page.hooks.useSessionStreamChannel('screens', { accessToken, onRecords: () => {}, ...props }),
    )
    await page.render(<Component />)
    expect(page.runtimes.started).toEqual([])
    await page.render(<Component sessionId="session_1" io="in" />)
    expect(opened(page.posted())).toMatchObject([
      { spec: { hook: 'session', sessionId: 'session_1', channel: 'screens', io: 'in' }, options: { onControl: true } },
    ])
  })
})
