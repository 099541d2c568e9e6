// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { settled } from './fakeRuntime.js'
import { opened, ops } from './messages.js'
import { accessToken, openPage, recorder } from './page.js'

let page: Awaited<ReturnType<typeof openPage>>
beforeEach(async () => {
  page = await openPage()
})

describe('useRun', () => {
  test('is loading from the first render on, and then as the runtime says', async () => {
    const { Component, seen, latest } = recorder(() => page.hooks.useRun('run_1', { accessToken, refreshInterval: 1000 }))
    await page.render(<Component />)
    expect(seen[0]).toEqual({ run: undefined, error: undefined, isLoading: true, isValidating: true, isError: false })
    const [open] = opened(page.posted())
    expect(open).toMatchObject({ spec: { hook: 'retrieve', runId: 'run_1' }, options: { refreshInterval: 1000 } })
    const scopes = [open!.scope]
    const child = { id: 'run_2', createdAt: '2026-01-31T10:20:30.000Z' }
    const retrieved = { id: 'run_1', updatedAt: '2026-01-31T10:20:30.000Z', relatedRuns: { root: child, children: [{ ...child }] } }
    const output = { type: 'application/super+json', data: '{"json":"2026-01-31T10:20:30.000Z","meta":{"values":["Date"]}}' }
    const packets = { output, payload: { type: 'application/json', data: '{' } }
    await page.publish({ feeds: [{ feed: 9, retrieved, packets }], views: [{ scopes, retrieved: 9 }] })
    const at = new Date('2026-01-31T10:20:30.000Z')
    const related = { id: 'run_2', createdAt: at }
    const run = { id: 'run_1', updatedAt: at, output: at, relatedRuns: { root: related, children: [related] } }
    expect(latest()).toEqual({ run, error: undefined, isLoading: false, isValidating: false, isError: false })
    const before = latest().run
    await page.publish({ views: [{ scopes, retrieved: 9, validating: true, error: { name: 'TriggerApiError', message: 'x' } }] })
    expect(latest()).toMatchObject({ isLoading: false, isValidating: true, isError: true, error: { message: 'x' } })
    expect(latest().run).toBe(before)
  })

  test('without a run id it is idle and not loading; enabled asks only whether it needs an access token', async () => {
    const { Component, latest } = recorder(({ runId, ...options }) => page.hooks.useRun(runId, options))
    await page.render(<Component accessToken={accessToken} />)
    expect(page.runtimes.started).toEqual([])
    expect(latest()).toMatchObject({ isLoading: false, isValidating: false })
    await page.render(<Component runId="run_1" enabled={false} />)
    expect(opened(page.posted())).toHaveLength(1)
  })
})

describe('a run that was retrieved', () => {
  const show = async (scope: string, id: string, feed = 9) =>
    page.publish({ feeds: [{ feed, retrieved: { id } }], views: [{ scopes: [scope], retrieved: feed }] })
  const run = { id: 'run_1' }
  const shownFirst = { run, error: undefined, isLoading: false, isValidating: false, isError: false }
  const loadingFirst = { run: undefined, error: undefined, isLoading: true, isValidating: true, isError: false }

  test('is shown by the first render of a remount, and of another hook', async () => {
    const { Component, seen } = recorder(() => page.hooks.useRun('run_1', { accessToken }))
    const other = recorder(() => page.hooks.useRun('run_1', { accessToken }))
    await page.render(<Component />)
    const [open] = opened(page.posted())
    await show(open!.scope, 'run_1')
    await page.render(<other.Component />)
    expect(other.seen[0]).toEqual(shownFirst)
    expect(opened(page.posted())).toMatchObject([{ scope: open!.scope }])
    await page.render(null)
    seen.length = 0
    await page.render(<Component />)
    expect(seen[0]).toEqual(shownFirst)
    expect(seen[0]!.run).toBe(other.latest().run)
    expect(opened(page.posted())).toMatchObject([{ scope: open!.scope }])
  })

  test.each<[string, object, object?]>([
    ['access token', { accessToken: 'pk_2' }],
    ['base URL', { baseURL: 'https://other.example' }],
    ['branch', { previewBranch: 'other' }],
    ['context', {}, { accessToken: 'pk_2' }],
  ])('is for nobody with another %s', async (_what, options, context: object = { accessToken }) => {
    const hook = recorder((options) => page.hooks.useRun('run_1', options))
    const tree = (context: object, options: object) => (
      <page.hooks.TriggerAuthContext.Provider value={context}>
        <hook.Component {...options} />
      </page.hooks.TriggerAuthContext.Provider>
    )
    await page.render(tree({ accessToken }, {}))
    const [open] = opened(page.posted())
    await show(open!.scope, 'run_1')
    hook.seen.length = 0
    await page.render(tree(context, options)) // while mounted
    expect(hook.seen[0]).toEqual(loadingFirst)
    const [second] = opened(page.posted())
    expect(second!.scope).not.toBe(open!.scope)
    expect(second!.scope).not.toContain('pk_')
    await page.render(null)
    await page.render(tree(context, options)) // and anew
    expect(hook.seen.every(({ run }) => run === undefined)).toBe(true)
    hook.seen.length = 0
    await page.render(tree({ accessToken }, {}))
    expect(hook.seen[0]).toEqual(shownFirst)
  })

  test('stays when the runtime dies, until it is retrieved again', async () => {
    const { Component, latest } = recorder(() => page.hooks.useRun('run_1', { accessToken }))
    await page.render(<Component />)
    const { scope } = opened(page.posted())[0]!
    await show(scope, 'run_1')
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    await page.publish({ views: [{ scopes: [scope], loading: true, validating: true }] })
    expect(latest()).toMatchObject({ run, isLoading: false, isValidating: true })
  })

  test('is kept for a while: the 64 runs that went last', async () => {
    const { Component, seen } = recorder(({ runId }) => page.hooks.useRun(runId, { accessToken }))
    const ids = Array.from({ length: 65 }, (_, i) => `run_${i}`)
    for (const [feed, runId] of ids.entries()) {
      await page.render(<Component runId={runId} />)
      await show(opened(page.posted())[0]!.scope, runId, feed)
    }
    await page.render(null)
    expect(ops(page.posted())).toEqual(['close', 'drop'])
    const first = async (runId: string) => {
      seen.length = 0
      await page.render(<Component key={runId} runId={runId} />)
      return seen[0]!.run
    }
    expect(await first('run_1')).toEqual({ id: 'run_1' })
    expect(await first('run_0')).toBeUndefined()
  })
})

describe('the page', () => {
  const say = (type: string, target: EventTarget = window) => page.run(() => target.dispatchEvent(new Event(type)))
  const state = { op: 'page', visible: true, online: true, focused: false }

  test('tells of itself before the first hook opens, when it changes, and to a new runtime again', async () => {
    const posted = () => page.runtimes.last.posted.splice(0)
    const { Component } = recorder(({ runId }) => page.hooks.useRealtimeRun(runId, { accessToken }))
    await page.render(<Component runId="run_1" />)
    expect(posted()).toMatchObject([state, { op: 'open' }])
    await say('focus')
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    await say('offline')
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    await say('visibilitychange', document)
    expect(posted()).toEqual([
      { ...state, focused: true },
      { ...state, online: false },
      { ...state, online: false, visible: false },
    ])
    vi.restoreAllMocks()
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    expect(posted()).toMatchObject([{ op: 'hello' }, state, { op: 'open' }])
    await say('online')
    expect(posted()).toEqual([state])
  })
})

describe('refreshAccessToken', () => {
  test('is asked for through the latest render, once for two asks, and its failure is told', async () => {
    const resolvers: { resolve: (token: string) => void; reject: (error: unknown) => void }[] = []
    const refresh = vi.fn(() => new Promise<string>((resolve, reject) => resolvers.push({ resolve, reject })))
    const { Component } = recorder(({ refreshAccessToken }) => {
      page.hooks.useRealtimeRun('run_1', { refreshAccessToken })
      page.hooks.useRealtimeRun('run_2')
    })
    const tree = (props: object) => (
      <page.hooks.TriggerAuthContext.Provider value={{ accessToken, refreshAccessToken: refresh }}>
        <Component {...props} />
      </page.hooks.TriggerAuthContext.Provider>
    )
    await page.render(tree({}))
    expect(opened(page.posted())).toMatchObject([{ options: { refresh: true } }, { options: { refresh: true } }])
    const ask = (ask: number, sub: number) => page.run(() => page.runtimes.last.say({ op: 'ask', ask, sub }))
    await ask(1, 1)
    await ask(2, 2)
    expect(refresh).toHaveBeenCalledTimes(1)
    await page.run(() => resolvers[0]!.resolve('pk_2'))
    expect(page.posted()).toEqual([
      { op: 'token', ask: 1, accessToken: 'pk_2' },
      { op: 'token', ask: 2, accessToken: 'pk_2' },
    ])
    await ask(3, 1)
    await page.run(() => resolvers[1]!.reject(new Error('signed out')))
    const own = vi.fn(async () => 'pk_3')
    await page.render(tree({ refreshAccessToken: own }))
    expect(page.posted()).toEqual([{ op: 'token', ask: 3, error: 'signed out' }])
    await ask(4, 1)
    expect(page.posted()).toEqual([{ op: 'token', ask: 4, accessToken: 'pk_3' }])
    await ask(5, 9)
    expect(page.posted()).toEqual([
      { op: 'token', ask: 5, error: 'Missing refreshAccessToken in TriggerAuthContext or useApiClient options' },
    ])
    await ask(6, 2)
    await page.run(() => page.runtimes.last.say({ op: 'restarted' }))
    page.posted()
    await page.run(() => resolvers[2]!.resolve('pk_4'))
    expect(page.posted()).toEqual([])
    await settled()
  })

  test('requestOptions of the option go over those of the context', async () => {
    const { Component } = recorder(() =>
      page.hooks.useRealtimeRun('run_1', { requestOptions: { additionalHeaders: { own: '1' } } }),
    )
    const requestOptions = { retry: { maxAttempts: 2 }, additionalHeaders: { context: '1' } }
    await page.render(
      <page.hooks.TriggerAuthContext.Provider value={{ accessToken, requestOptions, future: { v2RealtimeStreams: true } }}>
        <Component />
      </page.hooks.TriggerAuthContext.Provider>,
    )
    const [open] = opened(page.posted())
    expect(open!.options.requestOptions).toEqual({ retry: { maxAttempts: 2 }, additionalHeaders: { own: '1' } })
    expect(open!.options).not.toHaveProperty('future')
  })
})
