// @vitest-environment jsdom
// What an app's own tests see: a page with neither workers nor anything to fetch from.
import { act, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test, vi } from 'vitest'
import { settled } from './fakeRuntime.js'

test('importing requests nothing, and hooks stay in their first state', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  expect(globalThis.Worker).toBeUndefined()
  const fetch = vi.fn(async () => {
    throw new TypeError('fetch failed')
  })
  vi.stubGlobal('fetch', fetch)
  const hooks = await import('../src/index.js')
  const seen: object[] = []
  const Component = () => {
    const options = { accessToken: 'pk_1' }
    const { run, error } = hooks.useRealtimeRun('run_1', options)
    const { runs } = hooks.useRealtimeRunsWithTag('tag', options)
    const { parts } = hooks.useRealtimeStream('run_1', options)
    const { isLoading } = hooks.useRun('run_1', options)
    const { submit, handle } = hooks.useTaskTrigger('task', options)
    useEffect(() => submit({}), [])
    seen.push({ run, error, runs, parts, isLoading, handle })
    return null
  }
  const root = createRoot(document.createElement('div'))
  await act(async () => {
    root.render(<Component />)
    await settled()
  })
  await act(async () => {
    await settled()
    root.unmount()
  })
  for (const state of seen) {
    expect(state).toEqual({ run: undefined, error: undefined, runs: [], parts: [], isLoading: true, handle: undefined })
  }
  expect(fetch).not.toHaveBeenCalled()
})
