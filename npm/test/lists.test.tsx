// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { applyList } from '../src/replica.js'
import type { ListReplica } from '../src/replica.js'
import { opened, ops } from './messages.js'
import { accessToken, openPage, recorder } from './page.js'

const row = (id: string, more: object = {}) => ({ id, run: { id, status: 'QUEUED', ...more } })
const ids = ({ runs }: { runs: readonly unknown[] }) => (runs as { id: string }[]).map(({ id }) => id)

describe('a list', () => {
  const list = applyList(undefined, { changed: [row('a'), row('b'), row('c')] })

  test('what does not change keeps its identity', () => {
    const next = applyList(list, { changed: [{ id: 'b', run: { status: 'EXECUTING' } }] })
    expect(next.runs).toEqual([list.runs[0], { id: 'b', status: 'EXECUTING' }, list.runs[2]])
    expect(next.runs[0]).toBe(list.runs[0])
    expect(next.runs[2]).toBe(list.runs[2])
    expect(list.runs[1]).toEqual({ id: 'b', status: 'QUEUED' })
  })

  test('new rows come in where they belong, in whatever order they are named', () => {
    const at = (id: string, at: number) => ({ ...row(id), at })
    expect(ids(applyList(list, { changed: [at('A', 0), at('B', 2), at('D', 5)] }))).toEqual(['A', 'a', 'B', 'b', 'c', 'D'])
    expect(ids(applyList(list, { changed: [at('D', 3), at('B', 1), at('A', 0)] }))).toEqual(['A', 'a', 'B', 'b', 'c', 'D'])
    expect(ids(applyList(list, { changed: [row('D'), at('A', 0), row('E')] }))).toEqual(['A', 'a', 'b', 'c', 'D', 'E'])
  })

  test('rows leave before others change, and one that comes back is new', () => {
    const next = applyList(list, { removed: ['a', 'c'], changed: [{ ...row('c'), at: 0 }] })
    expect(ids(next)).toEqual(['c', 'b'])
    expect(ids(applyList(list, { removed: ['x'] }))).toEqual(['a', 'b', 'c'])
  })

  test('every way to apply it equals the plain way', () => {
    let random = 7
    const below = (n: number) => (random = (random * 48271) % 2147483647) % n
    let clever: ListReplica | undefined
    let plain: string[] = []
    for (let step = 0; step < 300; step++) {
      const removed = plain.filter(() => below(10) === 0)
      plain = plain.filter((id) => !removed.includes(id))
      const changed = Array.from({ length: below(6) }, (_, n) => {
        const at = below(plain.length + 1)
        plain.splice(at, 0, `${step}-${n}`)
        return { ...row(`${step}-${n}`), at }
      })
      clever = applyList(clever, { removed, changed })
      expect(ids(clever)).toEqual(plain)
    }
  })

  test('5,000 rows that come in order cost one copy of the list, and not one for each', () => {
    const copies = vi.spyOn(Array.prototype, 'concat')
    const changed = Array.from({ length: 5000 }, (_, at) => ({ ...row(`run_${at}`), at }))
    expect(applyList(list, { changed }).runs).toHaveLength(5003)
    expect(copies).toHaveBeenCalledTimes(1)
    copies.mockRestore()
  })
})

describe('hooks of lists', () => {
  let page: Awaited<ReturnType<typeof openPage>>
  beforeEach(async () => {
    page = await openPage()
  })

  test('useRealtimeRunsWithTag shows [], the same one, and then the runs; what is unread is an error', async () => {
    const { Component, seen, latest } = recorder(() =>
      page.hooks.useRealtimeRunsWithTag(['a', 'b'], { accessToken, createdAt: '1h', skipColumns: ['payload'] }),
    )
    await page.render(<Component />)
    await page.render(<Component />)
    expect(seen[0]!.runs).toEqual([])
    expect(latest().runs).toBe(seen[0]!.runs)
    const [open] = opened(page.posted())
    expect(open).toMatchObject({
      spec: { hook: 'runsWithTag', tags: ['a', 'b'], createdAt: '1h' },
      options: { accessToken, skipColumns: ['payload'] },
    })
    const views = [{ scopes: [open!.scope], runs: 7 }]
    await page.publish({ feeds: [{ feed: 7, runs: { changed: [row('run_1'), row('run_2')] } }], views })
    const renders = seen.length
    expect(ids(latest())).toEqual(['run_1', 'run_2'])
    const output = { type: 'application/json', data: '{' }
    await page.publish({ feeds: [{ feed: 7, runs: { changed: [{ id: 'run_2', run: { output } }] } }], views })
    expect(seen).toHaveLength(renders + 1)
    expect(latest().error).toMatchObject({ name: 'DecodeError' })
    expect(latest().runs[0]).toBe(seen.at(-2)!.runs[0])
  })

  test('tags are compared one by one, and a changed tag shows no row of the old', async () => {
    const { Component, seen } = recorder(({ tag }) => ({ tag, ...page.hooks.useRealtimeRunsWithTag(tag, { accessToken }) }))
    await page.render(<Component tag={['a', 'b']} />)
    const [open] = opened(page.posted())
    await page.publish({ feeds: [{ feed: 7, runs: { changed: [row('run_1')] } }], views: [{ scopes: [open!.scope], runs: 7 }] })
    await page.render(<Component tag={['a', 'b']} />)
    expect(page.posted()).toEqual([])
    await page.render(<Component tag={['a-b']} />)
    expect(opened(page.posted())).toMatchObject([{ spec: { tags: ['a-b'] } }])
    expect(seen.filter(({ tag }) => tag.length === 1).every(({ runs }) => runs.length === 0)).toBe(true)
    await page.render(<Component tag="a-b" />)
    expect(page.posted()).toEqual([])
  })

  test('is idle without a tag and without a batch id', async () => {
    const { Component, latest } = recorder(({ tag, batchId }) => [
      page.hooks.useRealtimeRunsWithTag(tag, { accessToken }),
      page.hooks.useRealtimeBatch(batchId, { accessToken }),
    ])
    await page.render(<Component />)
    await page.render(<Component tag="" batchId="" />)
    await page.render(<Component tag={[]} />)
    expect(page.runtimes.started).toEqual([])
    expect(latest()).toMatchObject([{ runs: [] }, { runs: [] }])
    await page.render(<Component tag="" batchId="batch_1" />)
    expect(opened(page.posted())).toMatchObject([{ spec: { hook: 'batch', batchId: 'batch_1' } }])
  })

  test('useRealtimeRunsWithStreams shows streams by run, and goes on with each after a restart', async () => {
    const { Component, seen, latest } = recorder(() =>
      page.hooks.useRealtimeRunsWithStreams('a', { accessToken, experimental_throttleInMs: 1000 }),
    )
    await page.render(<Component />)
    expect(seen[0]).toMatchObject({ runs: [], streams: {} })
    const [open] = opened(page.posted())
    expect(open).toMatchObject({ spec: { hook: 'runsWithStreams', tags: ['a'] }, options: { throttleInMs: 1000 } })
    const view = { scopes: [open!.scope], runs: 7, runStreams: { run_1: { openai: 8 }, run_2: { openai: 9 } } }
    const feeds = [
      { feed: 7, runs: { changed: [row('run_1'), row('run_2')] } },
      { feed: 8, parts: ['a'] },
      { feed: 9, parts: ['A'] },
    ]
    await page.publish({ feeds, views: [view] })
    expect(latest().streams).toEqual({ run_1: { openai: ['a'] }, run_2: { openai: ['A'] } })
    await page.publish({ feeds: [{ feed: 9, parts: ['B'] }], views: [view] })
    expect(latest().streams.run_1).toBe(seen.at(-2)!.streams.run_1)
    expect(latest().streams.run_2).toEqual({ openai: ['A', 'B'] })
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    const messages = page.posted()
    expect(ops(messages)).toEqual(['hello', 'open'])
    expect(opened(messages)[0]!.resume).toMatchObject([
      { key: 'run_1/openai', parts: 1 },
      { key: 'run_2/openai', parts: 2 },
    ])
  })
})
