import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Client } from '../src/client.js'
import type { Options, PageMessage, RunDelta, Spec, View } from '../src/protocol.js'
import { emptySnapshot } from '../src/scope.js'
import { Subscriber } from '../src/subscriber.js'
import { FakeRuntimes, settled } from './fakeRuntime.js'

const run: Spec = { hook: 'run', runId: 'run_1' }
const streams: Spec = { hook: 'runWithStreams', runId: 'run_1' }
const stream: Spec = { hook: 'stream', runId: 'run_1', streamKey: 'openai' }
const options: Options = { accessToken: 'pk_1' }

const firstDelta: RunDelta = {
  feed: 1,
  run: {
    id: 'run_1',
    createdAt: '2026-01-31T10:20:30.000Z',
    startedAt: null,
    status: 'EXECUTING',
    payload: { type: 'application/json', data: '{"w":64}' },
    output: null,
    metadata: { type: 'application/json', data: '{"progress":0}' },
    tags: ['a'],
  },
}

let runtimes: FakeRuntimes
let client: Client

beforeEach(() => {
  runtimes = new FakeRuntimes()
  client = new Client(runtimes.connect)
})

/** A mounted hook, without React. */
async function mount(spec: Spec, { id, callbacks = {} }: { id?: string; callbacks?: object } = {}) {
  const subscriber = new Subscriber(client)
  const scope = client.scope(id, spec)
  const listener = vi.fn()
  const unsubscribe = scope.subscribe(listener)
  subscriber.configure(options, callbacks)
  subscriber.open(scope)
  await settled()
  return { subscriber, scope, listener, unsubscribe, shown: () => scope.getSnapshot() }
}

const ops = (messages: PageMessage[]) => messages.map(({ op }) => op)

function publish(feeds: object[], views: View[], data: { sub: number; feed: number }[] = []) {
  runtimes.last.say({ op: 'publish', feeds: feeds as RunDelta[], views, data })
}

describe('opening', () => {
  test('nothing is started before the first hook opens', () => {
    client.scope(undefined, run)
    expect(runtimes.started).toEqual([])
  })

  test('hooks that open while the runtime starts are opened once it is there', async () => {
    const subscriber = new Subscriber(client)
    subscriber.configure(options, {})
    subscriber.open(client.scope(undefined, run))
    subscriber.close()
    subscriber.open(client.scope(undefined, run))
    await mount(stream, { id: 'x' })
    expect(runtimes.started).toHaveLength(1)
    expect(runtimes.last.take()).toEqual([
      { op: 'open', sub: 2, scope: '#2', spec: run, options },
      { op: 'open', sub: 3, scope: `=x ${JSON.stringify(stream)}`, spec: stream, options },
    ])
  })

  test('options that change are posted, options that do not are not', async () => {
    const { subscriber } = await mount(run)
    runtimes.last.take()
    subscriber.configure({ ...options }, {})
    subscriber.configure({ accessToken: 'pk_2' }, {})
    expect(runtimes.last.take()).toEqual([{ op: 'update', sub: 1, options: { accessToken: 'pk_2' } }])
  })

  test('a hook that stopped before the runtime was there is not opened, and is idle', async () => {
    const subscriber = new Subscriber(client)
    const scope = client.scope(undefined, run)
    subscriber.open(scope)
    expect(scope.status.get().connection).toBe('connecting')
    subscriber.stop()
    await settled()
    expect(runtimes.last.take()).toEqual([])
    expect(scope.status.get().connection).toBe('idle')
  })

  test('a hook that opens its scope again resumes nothing, because the runtime has it, and is no longer stopped', async () => {
    const { subscriber, scope } = await mount(stream)
    publish([{ feed: 8, parts: ['a'] }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    subscriber.stop()
    subscriber.close()
    runtimes.last.take()
    subscriber.open(scope)
    expect(runtimes.last.take()).toEqual([{ op: 'open', sub: 2, scope: '#1', spec: stream, options }])
    runtimes.last.say({ op: 'restarted' })
    expect(ops(runtimes.last.take())).toEqual(['hello', 'open'])
  })

  test('a scope without an id is dropped when its last hook has left for good', async () => {
    const { subscriber, scope, unsubscribe } = await mount(run)
    runtimes.last.take()
    unsubscribe()
    subscriber.close()
    const remounted = scope.subscribe(() => {})
    subscriber.open(scope)
    await settled()
    expect(ops(runtimes.last.take())).toEqual(['close', 'open'])
    remounted()
    subscriber.close()
    await settled()
    expect(runtimes.last.take()).toEqual([
      { op: 'close', sub: 2 },
      { op: 'drop', scope: '#1' },
    ])
  })

  test('a scope with an id stays', async () => {
    const { subscriber, shown, unsubscribe } = await mount(run, { id: 'x' })
    publish([firstDelta], [{ scopes: [`=x ${JSON.stringify(run)}`], run: 1 }])
    unsubscribe()
    subscriber.close()
    await settled()
    expect(ops(runtimes.last.take())).toEqual(['open', 'close'])
    expect(client.scope('x', run).getSnapshot()).toBe(shown())
    expect(client.scope('x', stream).getSnapshot()).toBe(emptySnapshot)
    expect(client.scope('x', { hook: 'run', runId: 'run_2' }).getSnapshot()).toBe(emptySnapshot)
  })
})

describe('runs', () => {
  test('the first delta makes the run, in its order, with dates and decoded packets', async () => {
    const { shown, listener } = await mount(run)
    expect(shown()).toBe(emptySnapshot)
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    expect(listener).toHaveBeenCalledTimes(1)
    expect(shown().run).toStrictEqual({
      id: 'run_1',
      createdAt: new Date('2026-01-31T10:20:30.000Z'),
      startedAt: undefined,
      status: 'EXECUTING',
      payload: { w: 64 },
      output: undefined,
      metadata: { progress: 0 },
      tags: ['a'],
    })
    expect(Object.keys(shown().run as object)).toEqual(Object.keys(firstDelta.run))
  })

  test('what a delta does not name keeps its identity', async () => {
    const { shown } = await mount(run)
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    const before = shown().run as Record<string, unknown>
    const metadata = { type: 'application/json', data: '{"progress":1}' }
    publish([{ feed: 1, run: { status: 'COMPLETED', metadata } }], [{ scopes: ['#1'], run: 1, completed: true }])
    const after = shown().run as Record<string, unknown>
    expect(after).not.toBe(before)
    expect(after).toMatchObject({ status: 'COMPLETED', metadata: { progress: 1 } })
    for (const field of ['createdAt', 'payload', 'tags']) expect(after[field]).toBe(before[field])
    expect(shown().completed).toBe(true)
  })

  test('a snapshot is the same object until a view names its scope', async () => {
    const first = await mount(run)
    const second = await mount({ hook: 'run', runId: 'run_2' })
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    const before = first.shown()
    publish([{ feed: 2, run: { id: 'run_2' } }], [{ scopes: ['#2'], run: 2 }])
    expect(first.shown()).toBe(before)
    expect(first.listener).toHaveBeenCalledTimes(1)
    expect(second.shown().run).toEqual({ id: 'run_2' })
  })

  test('scopes that show one feed show one object, the late one too', async () => {
    const first = await mount(run)
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    const late = await mount(run)
    publish([], [{ scopes: ['#2'], run: 1 }])
    expect(late.shown().run).toBe(first.shown().run)
    expect(first.listener).toHaveBeenCalledTimes(1)
  })

  test('data that cannot be read is an error beside the run, until it can be read', async () => {
    const { shown } = await mount(run)
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    const broken = { type: 'application/json', data: '{"secret' }
    publish([{ feed: 1, run: { output: broken } }], [{ scopes: ['#1'], run: 1 }])
    expect(shown().error).toMatchObject({ name: 'DecodeError', message: 'decode output: not valid application/json' })
    expect(shown().run).toMatchObject({ status: 'EXECUTING', payload: { w: 64 }, output: undefined })
    const { error } = shown()
    publish([{ feed: 1, run: { status: 'WAITING' } }], [{ scopes: ['#1'], run: 1 }])
    expect(shown().run).toMatchObject({ status: 'WAITING' })
    expect(shown().error).toBe(error)
    publish([{ feed: 1, run: { output: { ...broken, data: '1' } } }], [{ scopes: ['#1'], run: 1 }])
    expect(shown().run).toMatchObject({ output: 1 })
    expect(shown().error).toBeUndefined()
  })

  test('an error that stays is one Error, and ends with the first view without it', async () => {
    const { shown } = await mount(run)
    const error = { name: 'FetchError', message: 'gone', status: 404 }
    publish([], [{ scopes: ['#1'], error }])
    const first = shown().error
    expect(first).toMatchObject(error)
    publish([firstDelta], [{ scopes: ['#1'], run: 1, error: { ...error } }])
    expect(shown().error).toBe(first)
    publish([], [{ scopes: ['#1'], run: 1 }])
    expect(shown().error).toBeUndefined()
  })

  test('a view of a scope that is gone is nobody’s', async () => {
    await mount(run)
    publish([firstDelta], [{ scopes: ['#9'], run: 1 }])
  })
})

describe('streams', () => {
  test('parts are appended, and what was shown before never changes', async () => {
    const { shown } = await mount(stream)
    publish([{ feed: 8, parts: ['a', 'b'], lastEventId: '1' }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    const before = shown()
    expect(before).toMatchObject({ parts: ['a', 'b'], lastEventId: '1' })
    publish([{ feed: 8, parts: [['c']], lastEventId: '2' }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    expect(before.parts).toEqual(['a', 'b'])
    expect(shown()).toMatchObject({ parts: ['a', 'b', ['c']], lastEventId: '2' })
  })

  test('streams keep their identity while only the run changes', async () => {
    const { shown } = await mount(streams)
    expect(shown().streams).toBe(emptySnapshot.streams)
    const view = { scopes: ['#1'], run: 1, streams: { openai: 8, events: 9 } }
    publish([firstDelta, { feed: 8, parts: [1] }, { feed: 9, parts: [2] }], [view])
    const before = shown()
    expect(before.streams).toEqual({ openai: [1], events: [2] })
    publish([{ feed: 1, run: { status: 'WAITING' } }], [view])
    expect(shown().streams).toBe(before.streams)
    publish([{ feed: 8, parts: [3] }], [view])
    expect(shown().streams).toEqual({ openai: [1, 3], events: [2] })
    expect(shown().streams.events).toBe(before.streams.events)
    expect(shown().run).toMatchObject({ status: 'WAITING' })
  })

  test('onData gets every part once and in order, before and after it is shown', async () => {
    const parts: unknown[] = []
    const { shown } = await mount(stream, { callbacks: { onData: (part: unknown) => parts.push(part) } })
    const data = [{ sub: 1, feed: 8 }]
    publish([{ feed: 8, parts: ['a'] }], [], data)
    publish([{ feed: 8, parts: ['b'] }], [], data)
    expect(parts).toEqual(['a', 'b'])
    expect(shown().parts).toEqual([])
    publish([{ feed: 8, parts: ['c'] }], [{ scopes: ['#1'], streams: { openai: 8 } }], data)
    publish([], [], data)
    expect(parts).toEqual(['a', 'b', 'c'])
    expect(shown().parts).toEqual(['a', 'b', 'c'])
  })

  test('onData of a hook that joins an id gets what comes after it joined', async () => {
    const scope = `=x ${JSON.stringify(stream)}`
    await mount(stream, { id: 'x' })
    publish([{ feed: 8, parts: ['a'] }], [{ scopes: [scope], streams: { openai: 8 } }])
    const onData = vi.fn()
    await mount(stream, { id: 'x', callbacks: { onData } })
    publish([{ feed: 8, parts: ['b'] }], [{ scopes: [scope], streams: { openai: 8 } }], [{ sub: 2, feed: 8 }])
    expect(onData.mock.calls).toEqual([['b']])
  })

  test('a stream may go on from another feed', async () => {
    const { shown } = await mount(stream)
    publish([{ feed: 8, parts: ['a', 'b'] }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    publish([{ feed: 9, parts: ['c'], from: { feed: 8, parts: 2 } }], [{ scopes: ['#1'], streams: { openai: 9 } }])
    runtimes.last.say({ op: 'forget', feeds: [8] })
    publish([{ feed: 9, parts: ['d'] }], [{ scopes: ['#1'], streams: { openai: 9 } }])
    expect(shown().parts).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a runtime that dies', () => {
  test('restarted: every hook is opened again, and a stream goes on where it was', async () => {
    const { shown } = await mount(stream)
    const stopped = await mount(run)
    stopped.subscriber.stop()
    publish([{ feed: 8, parts: ['a', 'b'], lastEventId: '1' }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    const before = shown()
    runtimes.last.take()
    runtimes.last.say({ op: 'restarted' })
    expect(runtimes.last.take()).toEqual([
      { op: 'hello', protocol: 1 },
      {
        ...{ op: 'open', sub: 1, scope: '#1', spec: stream, options },
        resume: [{ feed: 1, key: 'openai', parts: 2, lastEventId: '1' }],
      },
    ])
    expect(shown()).toBe(before)
    // Feeds are numbered from the start again: this is not feed 8 of before.
    publish([{ feed: 8, parts: ['c'], lastEventId: '2', from: { resume: 1, parts: 2 } }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    expect(shown()).toMatchObject({ parts: ['a', 'b', 'c'], lastEventId: '2' })
  })

  test('restarted: a feed that the new instance begins has nothing of its namesake', async () => {
    const { shown } = await mount(stream)
    publish([{ feed: 1, parts: ['a'] }], [{ scopes: ['#1'], streams: { openai: 1 } }])
    runtimes.last.say({ op: 'restarted' })
    publish([{ feed: 1, parts: ['A'] }], [{ scopes: ['#1'], streams: { openai: 1 } }])
    expect(shown().parts).toEqual(['A'])
  })

  test('restarted: what is shown stays until the runtime has something, also when that dies as well', async () => {
    const { shown } = await mount(streams)
    publish([firstDelta, { feed: 8, parts: ['a'], lastEventId: '1' }], [{ scopes: ['#1'], run: 1, streams: { openai: 8 }, completed: true }])
    const before = shown()
    for (const _ of [1, 2]) {
      runtimes.last.take()
      runtimes.last.say({ op: 'restarted' })
      expect(runtimes.last.take()).toContainEqual(expect.objectContaining({ op: 'open', resume: [expect.objectContaining({ key: 'openai', parts: 1 })] }))
      publish([], [{ scopes: ['#1'], connection: 'retrying', error: { name: 'FetchError', message: 'unauthorized', status: 401 } }])
      expect(shown()).toMatchObject({ run: before.run, streams: before.streams, completed: true, error: { message: 'unauthorized' } })
    }
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    expect(shown()).toMatchObject({ error: undefined, completed: false })
  })

  test('restarted: all hooks of a scope, and all scopes of a stream, go on from one place', async () => {
    for (const id of ['x', 'x', 'y']) await mount(stream, { id })
    const scopes = ['x', 'y'].map((id) => `=${id} ${JSON.stringify(stream)}`)
    publish([{ feed: 8, parts: ['a'], lastEventId: '1' }], [{ scopes, streams: { openai: 8 } }])
    runtimes.last.take()
    runtimes.last.say({ op: 'restarted' })
    const resumed = runtimes.last.take().flatMap((message) => (message.op === 'open' ? [message.resume] : []))
    expect(resumed).toEqual(Array(3).fill([{ feed: 1, key: 'openai', parts: 1, lastEventId: '1' }]))
    runtimes.last.take()
    await mount(stream, { id: 'x' })
    expect(runtimes.last.take()).toMatchObject([{ op: 'open', resume: [{ feed: 1, key: 'openai', parts: 1 }] }])
  })

  test('restarted: the last control record stays, also one that came just before', async () => {
    const { shown } = await mount({ hook: 'session', sessionId: 's', channel: undefined, io: 'out' })
    const control = (seqNum: number) => ({ subtype: 'turn-complete', headers: [], seqNum, timestamp: 1 })
    publish([{ feed: 8, parts: ['a'], lastEventId: '0', cursor: '1' }], [{ scopes: ['#1'], streams: { '': 8 }, control: control(1) }])
    const feeds = [{ feed: 8, parts: [], cursor: '2' }]
    runtimes.last.say({ op: 'publish', feeds, views: [], controls: [{ sub: 1, control: control(2), at: 1 }] })
    runtimes.last.say({ op: 'restarted' })
    expect(runtimes.last.take().at(-1)).toMatchObject({ op: 'open', resume: [{ parts: 1, lastEventId: '2' }] })
    publish([{ feed: 1, parts: [], cursor: '2', from: { resume: 1, parts: 1 } }], [{ scopes: ['#1'], streams: { '': 1 } }])
    expect(shown()).toMatchObject({ parts: ['a'], lastEventId: '0', control: control(2) })
  })

  test('restarted: the runtime may want fewer parts than there are', async () => {
    const { shown } = await mount(stream)
    publish([{ feed: 8, parts: ['a', 'b'], lastEventId: '1' }], [{ scopes: ['#1'], streams: { openai: 8 } }])
    runtimes.last.say({ op: 'restarted' })
    publish([{ feed: 1, parts: ['B'], from: { resume: 1, parts: 1 } }], [{ scopes: ['#1'], streams: { openai: 1 } }])
    expect(shown().parts).toEqual(['a', 'B'])
  })

  test('failed: every open hook shows the error, and the next one that opens tries again for all', async () => {
    const first = await mount(run)
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    const before = first.shown()
    const stopped = await mount(run)
    stopped.subscriber.stop()
    const failed = runtimes.last
    failed.say({ op: 'failed', error: { name: 'InternalError', message: 'three traps' } })
    expect(failed.closed).toBe(true)
    expect(stopped.shown().error).toBeUndefined()
    expect(first.shown()).toMatchObject({ run: before.run, error: { name: 'InternalError', message: 'three traps' } })
    await mount(stream)
    expect(runtimes.started).toHaveLength(2)
    expect(runtimes.last.take().map((message) => 'sub' in message && message.sub)).toEqual([1, 3])
    publish([firstDelta], [{ scopes: ['#1'], run: 1 }])
    expect(first.shown().error).toBeUndefined()
  })

  test('a runtime that cannot start is an error on every hook, and can be tried again', async () => {
    runtimes.failure = new Error('load runtime.wasm')
    const first = await mount(run)
    expect(first.shown().error).toBe(runtimes.failure)
    runtimes.failure = undefined
    await mount(stream)
    expect(runtimes.last.take()).toHaveLength(2)
  })
})
