// @vitest-environment jsdom
import { StrictMode } from 'react'
import { stringifyIO } from '@trigger.dev/core/v3'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { PageMessage } from '../src/protocol.js'
import { triggerBody } from '../src/taskTrigger.js'
import { opened, ops } from './messages.js'
import { accessToken, openPage, recorder } from './page.js'

let page: Awaited<ReturnType<typeof openPage>>
const unhandled = vi.fn()
beforeEach(async () => {
  page = await openPage()
  unhandled.mockClear()
  process.on('unhandledRejection', unhandled)
  return () => {
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  }
})
type Submitted = Extract<PageMessage, { op: 'submit' }>
const submitted = (messages: PageMessage[]) => messages.filter((message): message is Submitted => message.op === 'submit')
const handle = { id: 'run_1', isCached: false, publicAccessToken: 'pk_run', taskIdentifier: 'resize' }

describe('useTaskTrigger', () => {
  test('opens, submits, and closes with the answer', async () => {
    const { Component, seen, latest } = recorder(() => page.hooks.useTaskTrigger('resize', { accessToken }))
    await page.render(<Component />)
    expect(seen[0]).toMatchObject({ isLoading: false, handle: undefined, error: undefined })
    expect(page.runtimes.started).toEqual([])
    const delay = new Date(0)
    await page.run(() => latest().submit({ w: 64 }, { tags: ['a'], delay, idempotencyKey: 'k' }))
    expect(latest()).toMatchObject({ isLoading: true, handle: undefined })
    const messages = page.posted()
    expect(messages).toMatchObject([
      { op: 'open', sub: 1, spec: { hook: 'trigger', taskId: 'resize' }, options: { accessToken } },
      {
        ...{ op: 'submit', sub: 1, request: expect.stringMatching(/^[0-9a-f]{32}$/) },
        body: {
          ...{ payload: '{"json":{"w":64}}', payloadType: 'application/super+json' },
          options: { tags: ['a'], delay: delay.toISOString(), idempotencyKey: 'k' },
        },
      },
    ])
    const { scope } = opened(messages)[0]!
    await page.publish({ views: [{ scopes: [scope], loading: true }] })
    expect(latest().isLoading).toBe(true)
    await page.publish({ views: [{ scopes: [scope], result: handle }] })
    expect(latest()).toMatchObject({ isLoading: false, handle, error: undefined })
    expect(page.posted()).toEqual([
      { op: 'close', sub: 1 },
      { op: 'drop', scope },
    ])
  })

  test('keeps the handle while it loads and when it fails; success clears the error', async () => {
    const { Component, latest } = recorder(() => page.hooks.useTaskTrigger('resize', { accessToken }))
    await page.render(<Component />)
    const submit = async (answer: object) => {
      await page.run(() => latest().submit({}))
      const [open] = opened(page.posted())
      const during = latest()
      await page.publish({ views: [{ scopes: [open!.scope], ...answer }] })
      return during
    }
    await submit({ result: handle })
    const error = { name: 'TriggerApiError', message: 'no', status: 422 }
    expect(await submit({ error })).toMatchObject({ isLoading: true, handle })
    expect(latest()).toMatchObject({ isLoading: false, handle, error })
    const during = await submit({ result: { ...handle, id: 'run_2' } })
    expect(during).toMatchObject({ isLoading: true, handle, error: { status: 422 } })
    expect(latest()).toMatchObject({ handle: { id: 'run_2' }, error: undefined })
  })

  test('only the latest of two counts, whichever is answered first', async () => {
    const { Component, latest } = recorder(() => page.hooks.useTaskTrigger('resize', { accessToken }))
    await page.render(<Component />)
    await page.run(() => (latest().submit(1), latest().submit(2)))
    const [first, second] = opened(page.posted())
    await page.publish({ views: [{ scopes: [first!.scope], error: { name: 'Error', message: 'late' } }] })
    expect(latest()).toMatchObject({ isLoading: true, error: undefined })
    await page.publish({ views: [{ scopes: [second!.scope], result: handle }] })
    expect(latest()).toMatchObject({ isLoading: false, handle, error: undefined })
  })

  test('goes on when the component is gone, and is submitted again with the same request when the runtime dies', async () => {
    const { Component, latest } = recorder(() => page.hooks.useTaskTrigger('resize', { accessToken }))
    await page.render(<Component />)
    await page.run(() => latest().submit({}))
    const [first] = submitted(page.posted())
    await page.render(null)
    expect(page.posted()).toEqual([])
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    const again = page.posted()
    expect(ops(again)).toEqual(['hello', 'open', 'submit'])
    expect(submitted(again)).toEqual([first])
    await page.publish({ views: [{ scopes: [opened(again)[0]!.scope], result: handle }] })
    expect(ops(page.posted())).toEqual(['close', 'drop'])
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    expect(ops(page.posted())).toEqual(['hello'])
  })

  test('a runtime that cannot start, an id that no URL can say and a payload that no JSON can say are errors', async () => {
    const { Component, latest } = recorder(({ id = 'resize' }) => page.hooks.useTaskTrigger(id, { accessToken }))
    await page.render(<Component />)
    page.runtimes.failure = new Error('load runtime.wasm')
    await page.run(() => latest().submit({}))
    expect(latest()).toMatchObject({ isLoading: false, error: { message: 'load runtime.wasm' } })
    await page.run(() => latest().submit(new BigUint64Array([1n])))
    expect(latest()).toMatchObject({ isLoading: false, error: { name: 'TypeError' } })
    await page.render(<Component id={'\ud800'} />)
    await page.run(() => latest().submit({}))
    expect(latest().error?.message).toBe(
      'Invalid task id "\\ud800": it contains characters that cannot be encoded into a URL (for example an unpaired surrogate). Rename the task to use valid characters.',
    )
    expect(page.runtimes.started).toEqual([])
  })

  test('without an access token and not enabled it leaves the error to the runtime', async () => {
    const { Component, latest } = recorder(() => page.hooks.useTaskTrigger('resize', { enabled: false }))
    await page.render(<Component />)
    await page.run(() => latest().submit({}))
    expect(opened(page.posted())[0]!.options).not.toHaveProperty('accessToken', expect.anything())
  })
})

describe('a payload is encoded as the original encodes it', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['text', 'hello'],
    ['an empty text', ''],
    ['null', null],
    ['a number that JSON lacks', NaN],
    ['plain data', { a: [1, { b: null }] }],
    ['dates, bigints, sets and maps', { at: new Date(0), n: 1n, s: new Set([1]), m: new Map([['k', new Date(1)]]) }],
    ['undefined within', { a: undefined, b: [undefined] }],
    ['an Error and a regular expression', { e: new TypeError('x'), r: /a/g, u: new URL('https://example.com/') }],
    ['a function', () => 1],
    ['a function within', { f: () => 1 }],
    ['bytes', { bytes: Uint8Array.of(1, 2) }],
    ['bytes of 64 bits', new BigUint64Array([1n])],
    ['keys with dots', { 'a.b': { 'c\\d': new Date(7) }, list: [[new Date(8)]] }],
  ])('%s', async (_name, value) => {
    const { data, dataType } = await stringifyIO(value)
    const { payload, payloadType } = triggerBody('id', value)
    expect({ payload, payloadType }).toEqual({ payload: data, payloadType: dataType })
  })

  test('one object at two places, and a cycle', async () => {
    const twin = { name: 'twin' }
    const value: Record<string, unknown> = { a: twin, b: [twin], c: {} }
    value.c = { back: value }
    const { data } = await stringifyIO(value)
    expect(triggerBody('id', value).payload).toBe(data)
  })
})

describe('useRealtimeTaskTrigger', () => {
  test.each(['useRealtimeTaskTrigger', 'useRealtimeTaskTriggerWithStreams'] as const)(
    '%s follows the run that was triggered last, with its own token',
    async (name) => {
      const onComplete = vi.fn()
      const hook = page.hooks[name] as typeof page.hooks.useRealtimeTaskTrigger
      const options = { accessToken, onComplete, skipColumns: ['payload'], experimental_throttleInMs: 50 }
      const { Component, latest } = recorder(() => hook('resize', options as object))
      await page.render(
        <StrictMode>
          <Component />
        </StrictMode>,
      )
      expect(latest()).toMatchObject({ run: undefined, isLoading: false, error: undefined })
      await page.run(() => latest().submit({}))
      const [call] = opened(page.posted())
      await page.publish({ views: [{ scopes: [call!.scope], result: handle }] })
      const [realtime] = opened(page.posted())
      expect(realtime).toMatchObject({
        spec: { runId: 'run_1' },
        options: { accessToken: 'pk_run', skipColumns: ['payload'], throttleInMs: 50 },
      })
      const scope = realtime!.scope
      await page.publish({ feeds: [{ feed: 1, run: { id: 'run_1' } }], views: [{ scopes: [scope], run: 1, completed: true }] })
      expect(latest()).toMatchObject({ run: { id: 'run_1' }, handle })
      expect(onComplete).toHaveBeenCalledTimes(1)
      await page.publish({ views: [{ scopes: [scope], run: 1, error: { name: 'FetchError', message: 'gone' } }] })
      expect(latest().error).toMatchObject({ name: 'FetchError' })
      await page.run(() => latest().submit({}))
      const again = opened(page.posted())[0]!
      expect(latest().run).toEqual({ id: 'run_1' })
      await page.publish({ views: [{ scopes: [again.scope], result: { ...handle, id: 'run_2' } }] })
      expect(latest()).toMatchObject({ run: undefined, error: undefined, handle: { id: 'run_2' } })
    },
  )

  test('shows an error of triggering', async () => {
    const { Component, latest } = recorder(() => page.hooks.useRealtimeTaskTriggerWithStreams('resize', { accessToken }))
    await page.render(<Component />)
    await page.run(() => latest().submit({}))
    const [call] = opened(page.posted())
    await page.publish({ views: [{ scopes: [call!.scope], error: { name: 'TriggerApiError', message: 'no' } }] })
    expect(latest()).toMatchObject({ error: { message: 'no' }, isLoading: false, streams: {} })
  })
})

test('useWaitToken completes a token, and stays completed', async () => {
  const { Component, latest } = recorder(({ id }) => page.hooks.useWaitToken<object>(id, { accessToken }))
  await page.render(<Component />)
  expect(latest()).toMatchObject({ isReady: false, isCompleted: false, isLoading: false, error: undefined })
  await page.render(<Component id="waitpoint_1" />)
  expect(latest().isReady).toBe(true)
  await page.run(() => latest().complete({ approved: true }))
  const messages = page.posted()
  expect(messages).toMatchObject([
    { spec: { hook: 'waitToken', waitpointId: 'waitpoint_1' } },
    { body: { data: { approved: true } } },
  ])
  await page.publish({ views: [{ scopes: [opened(messages)[0]!.scope], result: { success: true } }] })
  expect(latest()).toMatchObject({ isLoading: false, isCompleted: true })
  const cyclic: Record<string, unknown> = {}
  cyclic.cyclic = cyclic
  await page.run(() => latest().complete(cyclic))
  expect(latest()).toMatchObject({ isLoading: false, isCompleted: true, error: { name: 'TypeError' } })
})

test('useInputStreamSend sends, when there is a run and an access token', async () => {
  const { Component, latest } = recorder(({ runId, ...options }) => page.hooks.useInputStreamSend('chat', runId, options))
  await page.render(<Component accessToken={accessToken} />)
  expect(latest().isReady).toBe(false)
  await page.render(<Component runId="run_1" enabled={false} />)
  expect(latest().isReady).toBe(false)
  await page.render(<Component runId="run_1" accessToken={accessToken} />)
  expect(latest()).toMatchObject({ isReady: true, isLoading: false })
  await page.run(() => latest().send({ text: 'hi' }))
  const messages = page.posted()
  expect(messages).toMatchObject([
    { spec: { hook: 'inputStream', runId: 'run_1', streamId: 'chat' } },
    { body: { data: { text: 'hi' } } },
  ])
  expect(latest().isLoading).toBe(true)
  await page.publish({ views: [{ scopes: [opened(messages)[0]!.scope], result: { ok: true } }] })
  expect(latest()).toMatchObject({ isLoading: false, error: undefined })
})

test('useApiClient is undefined or throws without a token, and makes the same calls', async () => {
  const { Component, latest } = recorder((options) => page.hooks.useApiClient(options))
  await page.render(<Component enabled={false} />)
  expect(latest()).toBeUndefined()
  await expect(page.render(<Component />)).rejects.toThrow('Missing accessToken in TriggerAuthContext or useApiClient options')
  await page.render(<Component accessToken={accessToken} requestOptions={{ retry: { maxAttempts: 1 } }} />)
  const api = latest()!
  const answer = async <T,>(promise: Promise<T>, view: object, feeds: object[] = []) => {
    await page.run(() => {})
    const messages = page.posted()
    const answered = promise.then((result) => ({ messages, result }))
    answered.catch(() => {})
    await page.publish({ feeds: feeds as never, views: [{ scopes: [opened(messages)[0]!.scope], ...view }] })
    return answered
  }
  const triggered = await answer(
    api.triggerTask(
      'resize',
      { payload: '{}', options: { payloadType: 'application/json', queue: { name: 'q' }, lockToVersion: '1' } },
      {},
      { additionalHeaders: { a: 'b' } },
    ),
    { result: handle },
  )
  expect(triggered.messages).toMatchObject([
    { options: { requestOptions: { retry: { maxAttempts: 1 }, additionalHeaders: { a: 'b' } } } },
    { body: { payload: '{}', payloadType: 'application/json', options: { queue: { name: 'q' }, version: '1' } } },
  ])
  expect(triggered.result).toEqual(handle)
  const completed = await answer(api.completeWaitpointToken('w', { data: 1 }), { result: { success: true } })
  expect(completed.result).toEqual({ success: true })
  const sent = await answer(api.sendInputStream('run_1', 'chat', 1), { result: { ok: true } })
  expect(sent.result).toEqual({ ok: true })
  const retrieved = { id: 'run_1', createdAt: '2026-01-31T10:20:30.000Z' }
  const run = await answer(api.retrieveRun('run_1'), { retrieved: 9 }, [{ feed: 9, retrieved }])
  expect(run.result).toEqual({ id: 'run_1', createdAt: new Date(retrieved.createdAt) })
  const failing = answer(api.retrieveRun('run_1'), { error: { name: 'TriggerApiError', message: 'gone', status: 404 } })
  await expect(failing).rejects.toMatchObject({ status: 404 })
})
