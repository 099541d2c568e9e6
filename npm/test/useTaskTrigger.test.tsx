// @vitest-environment jsdom
import { StrictMode } from 'react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { opened, ops, submitted } from './messages.js'
import type { Submitted } from './messages.js'
import { accessToken, handle, openPage, recorder } from './page.js'

let page: Awaited<ReturnType<typeof openPage>>
beforeEach(async () => {
  page = await openPage()
})

/** What the runtime says of a hook's calls: `requests` are those under way, and the newest. */
const answer = (scope: string, view: object, ...requests: (Submitted | undefined)[]) =>
  page.publish({ views: [{ scopes: [scope], ...view, requests: requests.map((submit) => submit!.request) }] })

describe('useTaskTrigger', () => {
  const mounted = async () => {
    const { Component, seen, latest } = recorder(({ id = 'resize', ...options }) =>
      page.hooks.useTaskTrigger(id, { accessToken, ...options }),
    )
    await page.render(<Component />)
    /** Calls `submit` and returns what is posted. */
    const submit = async (payload: unknown = {}, options?: object) => {
      await page.run(() => latest().submit(payload, options))
      return page.posted()
    }
    return { Component, seen, latest, submit }
  }

  test('opens with the first call, submits every one over it, and closes with the component', async () => {
    const { Component, seen, latest, submit } = await mounted()
    expect(seen[0]).toMatchObject({ isLoading: false, handle: undefined, error: undefined })
    expect(page.runtimes.started).toEqual([])
    const delay = new Date(0)
    const messages = await submit({ w: 64 }, { tags: ['a'], delay, idempotencyKey: 'k' })
    expect(latest()).toMatchObject({ isLoading: true, handle: undefined })
    expect(messages).toMatchObject([
      { op: 'open', sub: 1, spec: { hook: 'trigger', taskId: 'resize' }, options: { accessToken } },
      {
        ...{ op: 'submit', sub: 1, request: expect.stringMatching(/^[0-9a-f]{40}$/) },
        body: {
          ...{ payload: '{"json":{"w":64}}', payloadType: 'application/super+json' },
          options: { tags: ['a'], delay: delay.toISOString(), idempotencyKey: 'k' },
        },
      },
    ])
    const { scope } = opened(messages)[0]!
    const [first] = submitted(messages)
    const renders = seen.length
    await answer(scope, { loading: true }, first)
    expect(seen).toHaveLength(renders)
    await answer(scope, { result: handle }, first)
    expect(latest()).toMatchObject({ isLoading: false, handle, error: undefined })
    expect(page.posted()).toEqual([])
    await page.render(<Component accessToken="pk_2" />)
    const [update, second] = await submit()
    expect([update, second]).toMatchObject([
      { op: 'update', sub: 1, options: { accessToken: 'pk_2' } },
      { op: 'submit', sub: 1 },
    ])
    await answer(scope, { result: handle, loading: true }, second as Submitted)
    expect(latest().handle).toBe(seen[renders]!.handle)
    await answer(scope, { result: handle }, second as Submitted)
    await page.render(null)
    expect(page.posted()).toEqual([
      { op: 'close', sub: 1 },
      { op: 'drop', scope },
    ])
  })

  test('keeps the handle while it loads and when it fails; success clears the error', async () => {
    const { latest, submit } = await mounted()
    const first = await submit()
    const { scope } = opened(first)[0]!
    await answer(scope, { result: handle }, ...submitted(first))
    const [second] = submitted(await submit())
    expect(latest()).toMatchObject({ isLoading: true, handle })
    const error = { name: 'TriggerApiError', message: 'no', status: 422 }
    await answer(scope, { result: handle, error }, second)
    expect(latest()).toMatchObject({ isLoading: false, handle, error })
    const [third] = submitted(await submit())
    expect(latest()).toMatchObject({ isLoading: true, handle, error: { status: 422 } })
    await answer(scope, { result: { ...handle, id: 'run_2' } }, third)
    expect(latest()).toMatchObject({ handle: { id: 'run_2' }, error: undefined })
  })

  test('what the runtime says before it knows of the newest call is not shown', async () => {
    const { latest, submit } = await mounted()
    const messages = [...(await submit(1)), ...(await submit(2))]
    const { scope } = opened(messages)[0]!
    const [first, second] = submitted(messages)
    await answer(scope, { error: { name: 'Error', message: 'late' } }, first)
    expect(latest()).toMatchObject({ isLoading: true, error: undefined })
    await answer(scope, { result: handle }, second)
    expect(latest()).toMatchObject({ isLoading: false, handle, error: undefined })
  })

  test('closes when the component goes, or with the last call that is under way then', async () => {
    const { Component, submit } = await mounted()
    const messages = [...(await submit(1)), ...(await submit(2))]
    const { scope } = opened(messages)[0]!
    const [first, second] = submitted(messages)
    await page.render(null)
    expect(page.posted()).toEqual([])
    await answer(scope, { result: handle }, first, second)
    expect(page.posted()).toEqual([])
    await answer(scope, { result: handle }, second)
    expect(page.posted()).toEqual([
      { op: 'close', sub: 1 },
      { op: 'drop', scope },
    ])
    await page.render(<Component />)
    const again = await submit(3)
    expect(ops(again)).toEqual(['open', 'submit'])
    await answer(opened(again)[0]!.scope, { result: handle }, ...submitted(again))
    await page.render(null)
    expect(ops(page.posted())).toEqual(['close', 'drop'])
  })

  test('after the component has gone, a call opens and closes by itself', async () => {
    const { submit } = await mounted()
    await page.render(null)
    const messages = await submit()
    expect(ops(messages)).toEqual(['open', 'submit'])
    await answer(opened(messages)[0]!.scope, { result: handle }, ...submitted(messages))
    expect(ops(page.posted())).toEqual(['close', 'drop'])
  })

  test('a new runtime is told again of the calls under way, under their names and in their order, and of no other', async () => {
    const { latest, submit } = await mounted()
    const messages = [...(await submit(1)), ...(await submit(2)), ...(await submit(3))]
    const { scope } = opened(messages)[0]!
    const [first, , third] = submitted(messages)
    await answer(scope, { loading: true }, first, third)
    const restart = async () => {
      await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
      return page.posted()
    }
    const again = await restart()
    expect(ops(again)).toEqual(['hello', 'open', 'submit', 'submit'])
    expect(submitted(again)).toEqual([first, third])
    await answer(scope, { loading: true }, first)
    await answer(scope, { result: handle }, first, third)
    expect(latest()).toMatchObject({ isLoading: false, handle })
    expect(submitted(await restart())).toEqual([first])
    await answer(scope, { result: { ...handle, id: 'run_earlier' } }, first)
    expect(latest()).toMatchObject({ isLoading: false, handle })
    expect(ops(await restart())).toEqual(['hello', 'open'])
    await submit(4)
    expect(latest()).toMatchObject({ isLoading: true, handle })
  })

  test('a call that was overtaken is told to a new runtime after the component has gone, and closes', async () => {
    const { submit } = await mounted()
    const messages = [...(await submit(1)), ...(await submit(2))]
    const { scope } = opened(messages)[0]!
    const [first, second] = submitted(messages)
    await answer(scope, { result: handle }, first, second)
    await page.render(null)
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    expect(submitted(page.posted())).toEqual([first])
    await answer(scope, { result: handle }, first)
    expect(ops(page.posted())).toEqual(['close', 'drop'])
  })

  test('what another task has brought is shown until this one is triggered', async () => {
    const { Component, latest, submit } = await mounted()
    const messages = await submit()
    await page.render(<Component id="notify" />)
    await answer(opened(messages)[0]!.scope, { result: handle }, ...submitted(messages))
    expect(latest()).toMatchObject({ isLoading: false, handle })
    const other = await submit()
    expect(other).toMatchObject([
      { op: 'open', spec: { taskId: 'notify' } },
      { op: 'submit', sub: 2 },
      { op: 'close', sub: 1 },
      { op: 'drop' },
    ])
    expect(latest()).toMatchObject({ isLoading: true, handle })
    await answer(opened(other)[0]!.scope, { result: { ...handle, taskIdentifier: 'notify' } }, ...submitted(other))
    expect(latest()).toMatchObject({ isLoading: false, handle: { taskIdentifier: 'notify' } })
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
      const first = page.posted()
      const call = opened(first)[0]!
      await answer(call.scope, { result: handle }, ...submitted(first))
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
      expect(latest().run).toEqual({ id: 'run_1' })
      await answer(call.scope, { result: { ...handle, id: 'run_2' } }, ...submitted(page.posted()))
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
