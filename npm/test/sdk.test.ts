import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Publish } from '../src/protocol.js'
import { FakeRuntimes, settled } from './fakeRuntime.js'
import { opened, ops } from './messages.js'

let runtimes: FakeRuntimes
let sdk: typeof import('../src/sdk.js')

beforeEach(async () => {
  runtimes = new FakeRuntimes()
  vi.resetModules()
  vi.doMock('../src/runtime.js', () => ({ connect: runtimes.connect, preload: () => {}, configureRuntime: () => {} }))
  vi.doMock('react', () => {
    throw new Error('React is not for this entry')
  })
  sdk = await import('../src/sdk.js')
  sdk.configure({ accessToken: 'pk_1' })
})

const posted = () => runtimes.last.take()
const publish = (message: Partial<Publish>) => runtimes.last.say({ op: 'publish', feeds: [], views: [], ...message })

/** Opens what `subscription` follows by reading from it, and says where to publish. */
async function reading(subscription: { getReader(): unknown }) {
  const reader = subscription.getReader() as ReadableStreamDefaultReader<unknown>
  await settled()
  const [open] = opened(posted())
  return { reader, open: open!, scopes: [open!.scope] }
}

describe('runs.subscribeToRun', () => {
  test('yields every run that is published, and ends when the runtime has nothing more', async () => {
    const subscription = sdk.runs.subscribeToRun('run_1', { skipColumns: ['payload'] })
    await settled()
    expect(runtimes.started).toEqual([])
    const statuses: unknown[] = []
    const reading = (async () => {
      for await (const run of subscription) statuses.push(run.status)
    })()
    await settled()
    const [open] = opened(posted())
    expect(open).toMatchObject({
      spec: { hook: 'run', runId: 'run_1' },
      options: { accessToken: 'pk_1', stopOnCompletion: true, skipColumns: ['payload'] },
    })
    const views = [{ scopes: [open!.scope], run: 1 }]
    publish({ feeds: [{ feed: 1, run: { id: 'run_1', status: 'QUEUED' } }], views })
    publish({ feeds: [{ feed: 1, run: { status: 'EXECUTING' } }], views })
    publish({ views })
    publish({ feeds: [{ feed: 1, run: { status: 'COMPLETED' } }], views: [{ ...views[0]!, completed: true, ended: true }] })
    await reading
    expect(statuses).toEqual(['QUEUED', 'EXECUTING', 'COMPLETED'])
    expect(ops(posted())).toEqual(['close', 'drop'])
  })

  test('a break, unsubscribe and a signal close it; an error is thrown', async () => {
    const broken = sdk.runs.subscribeToRun('run_1')
    const loop = (async () => {
      for await (const _run of broken) break
    })()
    await settled()
    const views = [{ scopes: [opened(posted())[0]!.scope], run: 1 }]
    publish({ feeds: [{ feed: 1, run: { id: 'run_1' } }], views })
    await loop
    await settled()
    expect(ops(posted())).toEqual(['close', 'drop'])

    const unsubscribed = sdk.runs.subscribeToRun('run_1')
    const { reader } = await reading(unsubscribed)
    unsubscribed.unsubscribe()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
    unsubscribed.unsubscribe()

    const abort = new AbortController()
    const aborted = await reading(sdk.runs.subscribeToRun('run_1', { signal: abort.signal }))
    abort.abort()
    expect(await aborted.reader.read()).toMatchObject({ done: true })
    await settled()
    posted()
    expect(await sdk.runs.subscribeToRun('run_1', { signal: abort.signal }).getReader().read()).toMatchObject({ done: true })
    expect(posted()).toEqual([])

    const failing = await reading(sdk.runs.subscribeToRun({ id: 'run_1' }))
    publish({ views: [{ scopes: failing.scopes, error: { name: 'FetchError', message: 'gone', status: 404 } }] })
    await expect(failing.reader.read()).rejects.toMatchObject({ name: 'FetchError', status: 404 })
  })

  test('withStreams yields runs and parts', async () => {
    const { reader, open, scopes } = await reading(sdk.runs.subscribeToRun('run_1').withStreams<{ openai: string }>())
    expect(open.spec).toEqual({ hook: 'runWithStreams', runId: 'run_1' })
    const view = { scopes, run: 1, streams: { openai: 8 } }
    publish({ feeds: [{ feed: 1, run: { id: 'run_1' } }, { feed: 8, parts: ['a'] }], views: [view] })
    publish({ feeds: [{ feed: 8, parts: ['b', 'c'] }], views: [{ ...view, ended: true }] })
    const run = { id: 'run_1' }
    const items: unknown[] = []
    for (let item; !(item = await reader.read()).done; ) items.push(item.value)
    expect(items).toEqual([
      { type: 'run', run },
      ...['a', 'b', 'c'].map((chunk) => ({ type: 'openai', chunk, run })),
    ])
  })

  test('is a store, open while somebody listens', async () => {
    const { subscribe, getSnapshot } = sdk.runs.subscribeToRun('run_1')
    const listener = vi.fn()
    const first = subscribe(listener)
    const second = subscribe(() => {})
    await settled()
    const messages = posted()
    expect(ops(messages)).toEqual(['open'])
    expect(getSnapshot().run).toBeUndefined()
    publish({ feeds: [{ feed: 1, run: { id: 'run_1' } }], views: [{ scopes: [opened(messages)[0]!.scope], run: 1 }] })
    expect(listener).toHaveBeenCalledTimes(1)
    expect(getSnapshot()).toMatchObject({ run: { id: 'run_1' }, error: undefined })
    const shown = getSnapshot()
    publish({ views: [{ scopes: [opened(messages)[0]!.scope], run: 1, connection: 'offline' }] })
    expect(getSnapshot()).toBe(shown)
    expect(listener).toHaveBeenCalledTimes(1)
    first()
    expect(posted()).toEqual([])
    second()
    await settled()
    expect(ops(posted())).toEqual(['close', 'drop'])
  })
})

describe('lists', () => {
  test('yield each run that changed', async () => {
    const { reader, open, scopes } = await reading(sdk.runs.subscribeToRunsWithTag(['a', 'b'], { createdAt: '1h' }))
    expect(open.spec).toEqual({ hook: 'runsWithTag', tags: ['a', 'b'], createdAt: '1h' })
    const row = (id: string, status = 'QUEUED') => ({ id, run: { id, status } })
    const views = [{ scopes, runs: 7 }]
    publish({ feeds: [{ feed: 7, runs: { changed: [row('run_1'), row('run_2')] } }], views })
    publish({ feeds: [{ feed: 7, runs: { changed: [row('run_2', 'EXECUTING')] } }], views })
    const read = async () => (await reader.read()).value
    expect([await read(), await read(), await read()]).toEqual([
      { id: 'run_1', status: 'QUEUED' },
      { id: 'run_2', status: 'QUEUED' },
      { id: 'run_2', status: 'EXECUTING' },
    ])
  })

  test('with streams, and batches', async () => {
    const tagged = await reading(sdk.runs.subscribeToRunsWithTag('a').withStreams<{ openai: string }>())
    expect(tagged.open.spec).toEqual({ hook: 'runsWithStreams', tags: ['a'] })
    publish({
      feeds: [{ feed: 7, runs: { changed: [{ id: 'run_1', run: { id: 'run_1' } }] } }, { feed: 8, parts: ['x'] }],
      views: [{ scopes: tagged.scopes, runs: 7, runStreams: { run_1: { openai: 8 } } }],
    })
    expect((await tagged.reader.read()).value).toEqual({ type: 'run', run: { id: 'run_1' } })
    expect((await tagged.reader.read()).value).toEqual({ type: 'openai', chunk: 'x', run: { id: 'run_1' } })

    const batch = sdk.runs.subscribeToBatch('batch_1')
    expect((await reading(batch)).open.spec).toEqual({ hook: 'batch', batchId: 'batch_1' })
    expect(() => batch.withStreams()).toThrow('not supported')
  })

  test('fetchStream yields the parts of one stream', async () => {
    const { reader, open, scopes } = await reading(await sdk.runs.fetchStream<string>('run_1', 'openai'))
    expect(open.spec).toEqual({ hook: 'stream', runId: 'run_1', streamKey: 'openai' })
    const view = { scopes, streams: { openai: 8 } }
    publish({ feeds: [{ feed: 8, parts: ['a'] }], views: [view] })
    publish({ feeds: [{ feed: 8, parts: ['b'] }], views: [{ ...view, ended: true }] })
    expect([await reader.read(), await reader.read(), await reader.read()]).toMatchObject([
      { value: 'a' },
      { value: 'b' },
      { done: true },
    ])
  })
})

describe('requests', () => {
  test('runs.retrieve and tasks.trigger resolve with the answer, and reject with its error', async () => {
    const retrieving = sdk.runs.retrieve('run_1', { retry: { maxAttempts: 1 } })
    await settled()
    const [retrieve] = opened(posted())
    expect(retrieve).toMatchObject({ spec: { hook: 'retrieve', runId: 'run_1' }, options: { requestOptions: { retry: { maxAttempts: 1 } } } })
    publish({ feeds: [{ feed: 9, retrieved: { id: 'run_1', tags: [] } }], views: [{ scopes: [retrieve!.scope], retrieved: 9 }] })
    expect(await retrieving).toEqual({ id: 'run_1', tags: [] })

    sdk.configure({ accessToken: 'pk_1', externalDeploymentId: 'd', future: { v2RealtimeStreams: false } })
    const clientConfig = { accessToken: 'pk_2' }
    const triggering = sdk.tasks.trigger('resize', { w: 1 }, { tags: 'a' }, { clientConfig })
    await settled()
    const messages = posted().filter(({ op }) => op === 'open' || op === 'submit')
    expect(messages).toMatchObject([
      { spec: { hook: 'trigger', taskId: 'resize' }, options: { accessToken: 'pk_2', future: { v2RealtimeStreams: false } } },
      { body: { payload: '{"json":{"w":1}}', options: { tags: 'a', externalDeploymentId: 'd' } } },
    ])
    publish({ views: [{ scopes: [opened(messages)[0]!.scope], error: { name: 'TriggerApiError', message: 'no', status: 422 } }] })
    await expect(triggering).rejects.toMatchObject({ name: 'TriggerApiError', status: 422 })
  })

  test('withAuth is for what it calls, and what was configured is back afterwards', async () => {
    const failure = new Error('mine')
    const inside = sdk.auth.withAuth({ accessToken: 'pk_2' }, async () => {
      void reading(sdk.runs.subscribeToRun('run_1'))
      await settled()
      throw failure
    })
    await expect(inside).rejects.toBe(failure)
    expect(await sdk.auth.withAuth({ baseURL: 'https://x.y' }, async () => 7)).toBe(7)
    const { open } = await reading(sdk.runs.subscribeToRun('run_2'))
    expect(open.options).toMatchObject({ accessToken: 'pk_1' })
    expect(open.options.baseURL).toBeUndefined()
  })

  test('without an access token say what to do', async () => {
    sdk.auth.configure({})
    expect(() => sdk.runs.subscribeToRun('run_1')).toThrow('auth.configure({ accessToken })')
    await expect(sdk.tasks.trigger('resize', {})).rejects.toMatchObject({ name: 'ApiClientMissingError' })
    await expect((async () => sdk.runs.retrieve('run_1'))()).rejects.toThrow()
  })
})
