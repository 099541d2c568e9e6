// @vitest-environment jsdom
import { act, Activity, StrictMode } from 'react'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PageMessage, RunDelta, View } from '../src/protocol.js'
import { FakeRuntimes, settled } from './fakeRuntime.js'

vi.mock('../src/runtime.js', () => ({
  connect: (receive: never) => runtimes.connect(receive),
  preload: () => {},
  configureRuntime: () => {},
}))

let runtimes: FakeRuntimes
let hooks: typeof import('../src/index.js')
let root: Root

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  runtimes = new FakeRuntimes()
  vi.resetModules()
  hooks = await import('../src/index.js')
  root = createRoot(document.createElement('div'), { onUncaughtError: () => {} })
})

afterEach(() => act(async () => root.unmount()))

const render = (node: ReactNode) =>
  act(async () => {
    root.render(node)
    await settled()
  })

const posted = () => runtimes.last.take()
const ops = (messages: PageMessage[]) => messages.map(({ op }) => op)

function publish(feeds: object[], views: View[], data: { sub: number; feed: number }[] = []) {
  return act(async () => runtimes.last.say({ op: 'publish', feeds: feeds as RunDelta[], views, data }))
}

/** What a component that calls `useHook` was given at each of its renders, the latest last. */
function recorder<T>(useHook: (props: any) => T) {
  const seen: T[] = []
  const Component = (props: object) => {
    seen.push(useHook(props))
    return null
  }
  return { Component, seen, latest: () => seen.at(-1)! }
}

const accessToken = 'pk_1'

describe('useRealtimeRun', () => {
  test('shows nothing, then the run, with one subscription under Strict Mode', async () => {
    const { Component, seen, latest } = recorder(() => hooks.useRealtimeRun('run_1', { accessToken }))
    await render(
      <StrictMode>
        <Component />
      </StrictMode>,
    )
    expect(seen[0]).toMatchObject({ run: undefined, error: undefined })
    const [open, ...rest] = posted()
    expect(open).toMatchObject({ op: 'open', spec: { hook: 'run', runId: 'run_1' }, options: { accessToken } })
    expect(rest).toEqual([])
    const scope = (open as { scope: string }).scope
    await publish([{ feed: 1, run: { id: 'run_1' } }], [{ scopes: [scope], run: 1 }])
    expect(latest().run).toEqual({ id: 'run_1' })
    expect(new Set(seen.map(({ stop }) => stop)).size).toBeLessThanOrEqual(2) // Strict Mode makes two instances
  })

  test('mounted again under Strict Mode with a runtime that is there: open, close, open in one task', async () => {
    const { Component } = recorder(() => hooks.useRealtimeRun('run_1', { accessToken }))
    await render(<Component />)
    posted()
    await render(
      <StrictMode>
        <Component key="again" />
      </StrictMode>,
    )
    expect(ops(posted())).toEqual(['close', 'open', 'close', 'open', 'drop'])
  })

  test('is idle without a run id, and when it is not enabled', async () => {
    const { Component } = recorder((props) => hooks.useRealtimeRun(props.runId, { accessToken, enabled: props.enabled }))
    await render(<Component />)
    await render(<Component {...{ runId: '' }} />)
    await render(<Component {...{ runId: null }} />)
    await render(<Component {...{ runId: 'run_1', enabled: false }} />)
    expect(runtimes.started).toEqual([])
  })

  test('never shows the run before', async () => {
    const { Component, seen } = recorder(({ runId }) => ({ runId, ...hooks.useRealtimeRun(runId, { accessToken }) }))
    await render(<Component {...{ runId: 'run_1' }} />)
    const [open] = posted() as { scope: string }[]
    await publish([{ feed: 1, run: { id: 'run_1' } }], [{ scopes: [open!.scope], run: 1 }])
    await render(<Component {...{ runId: 'run_2' }} />)
    const messages = posted()
    expect(ops(messages)).toEqual(['close', 'open', 'drop'])
    // This publication was on its way when the run changed.
    await publish([{ feed: 1, run: { status: 'WAITING' } }], [{ scopes: [open!.scope], run: 1 }])
    const shown = seen.filter(({ runId }) => runId === 'run_2').map(({ run }) => run)
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.every((run) => run === undefined)).toBe(true)
  })

  test('keeps what it shows when it is disabled, and goes on in the same scope', async () => {
    const { Component, latest } = recorder((props) => hooks.useRealtimeRun('run_1', { accessToken, ...props }))
    await render(<Component />)
    const [first] = posted() as { scope: string }[]
    await publish([{ feed: 1, run: { id: 'run_1' } }], [{ scopes: [first!.scope], run: 1 }])
    await render(<Component {...{ enabled: false }} />)
    expect(ops(posted())).toEqual(['close'])
    expect(latest().run).toEqual({ id: 'run_1' })
    await render(<Component {...{ enabled: true }} />)
    expect(posted()).toMatchObject([{ op: 'open', scope: first!.scope }])
    await render(null)
    expect(ops(posted())).toEqual(['close', 'drop'])
  })

  test('with an id: shows at the first render of a remount what it showed last', async () => {
    const { Component, seen } = recorder(() => hooks.useRealtimeRun('run_1', { accessToken, id: 'x' }))
    await render(<Component key={1} />)
    const [open] = posted() as { scope: string }[]
    await publish([{ feed: 1, run: { id: 'run_1' } }], [{ scopes: [open!.scope], run: 1 }])
    await render(null)
    expect(ops(posted())).toEqual(['close'])
    seen.length = 0
    await render(<Component key={2} />)
    expect(seen[0]!.run).toEqual({ id: 'run_1' })
    expect(posted()).toMatchObject([{ op: 'open', scope: open!.scope }])
  })

  test('hidden by Activity it costs the runtime nothing, and shows again at once what it showed', async () => {
    const { Component, seen, latest } = recorder(() => hooks.useRealtimeStream('run_1', 'openai', { accessToken }))
    const page = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Component />
      </Activity>
    )
    await render(page('visible'))
    const [open] = posted() as { scope: string }[]
    await publish([{ feed: 8, parts: ['a'], lastEventId: '0' }], [{ scopes: [open!.scope], streams: { openai: 8 } }])
    await render(page('hidden'))
    expect(ops(posted())).toEqual(['close', 'drop'])
    seen.length = 0
    await render(page('visible'))
    expect(seen.every(({ parts }) => parts[0] === 'a')).toBe(true)
    expect(posted()).toMatchObject([{ op: 'open', scope: open!.scope, resume: [{ key: 'openai', parts: 1 }] }])
    const feeds = [{ feed: 9, parts: ['b'], from: { resume: 1, parts: 1 } }]
    await publish(feeds, [{ scopes: [open!.scope], streams: { openai: 9 } }])
    expect(latest().parts).toEqual(['a', 'b'])
  })

  test('hooks with one id share a scope, hooks of another kind do not', async () => {
    const { Component } = recorder(() => {
      hooks.useRealtimeRun('run_1', { accessToken, id: 'x' })
      hooks.useRealtimeRun('run_1', { accessToken, id: 'x' })
      hooks.useRealtimeRunWithStreams('run_1', { accessToken, id: 'x' })
      hooks.useRealtimeRun('run_1', { accessToken })
    })
    await render(<Component />)
    const scopes = (posted() as { scope: string }[]).map(({ scope }) => scope)
    expect(scopes[0]).toBe(scopes[1])
    expect(new Set(scopes).size).toBe(3)
  })

  test('posts options that changed, and does not open again for them', async () => {
    const { Component } = recorder((props) => hooks.useRealtimeRun('run_1', { onComplete: () => {}, ...props }))
    await render(<Component {...{ accessToken, skipColumns: ['payload'] }} />)
    posted()
    await render(<Component {...{ accessToken, skipColumns: ['payload'] }} />)
    expect(posted()).toEqual([])
    await render(<Component {...{ accessToken: 'pk_2', skipColumns: ['payload'] }} />)
    expect(posted()).toMatchObject([{ op: 'update', options: { accessToken: 'pk_2', skipColumns: ['payload'] } }])
  })

  test('stop is one function, and posts stop', async () => {
    const { Component, seen, latest } = recorder(() => hooks.useRealtimeRun('run_1', { accessToken }))
    await render(<Component />)
    await render(<Component />)
    expect(seen[0]!.stop).toBe(latest().stop)
    posted()
    latest().stop()
    expect(posted()).toMatchObject([{ op: 'stop' }])
  })

  test('calls the latest onComplete once for each run, in an effect, under Strict Mode', async () => {
    const calls: unknown[] = []
    let rendered: unknown
    const { Component, latest } = recorder(({ runId, label }) => {
      const result = hooks.useRealtimeRun(runId, {
        accessToken,
        onComplete: (run, error) => calls.push([label, run.id, error, rendered === run]),
      })
      rendered = result.run
      return result
    })
    const strict = (props: object) => (
      <StrictMode>
        <Component {...props} />
      </StrictMode>
    )
    await render(strict({ runId: 'run_1', label: 'old' }))
    const first = posted().at(-1) as { scope: string }
    await render(strict({ runId: 'run_1', label: 'new' }))
    await publish([{ feed: 1, run: { id: 'run_1' } }], [{ scopes: [first.scope], run: 1, completed: true }])
    await publish([{ feed: 1, run: { tags: [] } }], [{ scopes: [first.scope], run: 1, completed: true }])
    expect(latest().run).toEqual({ id: 'run_1', tags: [] })
    await render(strict({ runId: 'run_2', label: 'new' }))
    const second = posted().find(({ op }) => op === 'open') as { scope: string }
    await publish([{ feed: 2, run: { id: 'run_2' } }], [{ scopes: [second.scope], run: 2, completed: true }])
    expect(calls).toEqual([
      ['new', 'run_1', undefined, true],
      ['new', 'run_2', undefined, true],
    ])
  })

  test('throws without an access token, unless it is not enabled', async () => {
    const { Component, seen } = recorder((props) => hooks.useRealtimeRun('run_1', props))
    await expect(render(<Component />)).rejects.toThrow(
      'Missing accessToken in TriggerAuthContext or useApiClient options',
    )
    await render(<Component {...{ enabled: false }} />)
    expect(seen.at(-1)).toMatchObject({ run: undefined, error: undefined })
  })
})

describe('TriggerAuthContext', () => {
  test('gives hooks what their options leave open', async () => {
    const { Component } = recorder(() => hooks.useRealtimeRun('run_1', { previewBranch: 'mine' }))
    const value = { accessToken, baseURL: 'https://example.com', previewBranch: 'theirs' }
    await render(
      <hooks.TriggerAuthContext.Provider value={value}>
        <Component />
      </hooks.TriggerAuthContext.Provider>,
    )
    expect(posted()).toMatchObject([
      { options: { accessToken, baseURL: 'https://example.com', previewBranch: 'mine' } },
    ])
  })

  test('has the name, the error and the empty value of the original', async () => {
    const optional = recorder(() => hooks.useTriggerAuthContextOptional())
    await render(<optional.Component />)
    expect(optional.latest()).toEqual({})
    const strict = recorder(() => hooks.useTriggerAuthContext())
    await expect(render(<strict.Component />)).rejects.toThrow('TriggerAuthContext not found')
    expect(hooks.TriggerAuthContext.displayName).toBe('TriggerAuthContext')
  })
})

describe('useRealtimeStream', () => {
  test('takes a defined stream, a key, or neither', async () => {
    const defined = { id: 'events', append: async (_part: string) => {} }
    const { Component } = recorder(() => {
      hooks.useRealtimeStream(defined, 'run_1', { accessToken })
      hooks.useRealtimeStream('run_1', 'openai', { accessToken, lastEventId: 7, onData: () => {} })
      hooks.useRealtimeStream('run_1', { accessToken, startIndex: 3 })
    })
    await render(<Component />)
    expect(posted()).toMatchObject([
      { spec: { hook: 'stream', runId: 'run_1', streamKey: 'events' } },
      { spec: { runId: 'run_1', streamKey: 'openai' }, options: { lastEventId: '7', onData: true } },
      { spec: { runId: 'run_1', streamKey: 'default' }, options: { startIndex: 3 } },
    ])
  })

  test('a defined stream without a run id is an error', async () => {
    const { Component } = recorder(() => hooks.useRealtimeStream({ id: 'events' } as never, { accessToken } as never))
    await expect(render(<Component />)).rejects.toThrow('must be a run ID.')
  })

  test('shows parts, and calls the latest onData', async () => {
    const calls: unknown[] = []
    const { Component, latest } = recorder(({ label }) =>
      hooks.useRealtimeStream('run_1', 'openai', { accessToken, onData: (part) => calls.push([label, part]) }),
    )
    await render(<Component {...{ label: 'old' }} />)
    const [open] = posted() as { scope: string; sub: number }[]
    await render(<Component {...{ label: 'new' }} />)
    const view = { scopes: [open!.scope], streams: { openai: 8 } }
    await publish([{ feed: 8, parts: ['a'], lastEventId: '0' }], [view], [{ sub: open!.sub, feed: 8 }])
    expect(latest()).toMatchObject({ parts: ['a'], lastEventId: '0', error: undefined })
    expect(calls).toEqual([['new', 'a']])
  })
})
