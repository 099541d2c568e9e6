// @vitest-environment jsdom
// What an app's own tests see: a page with neither workers nor anything to fetch from.
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test, vi } from 'vitest'
import { settled } from './fakeRuntime.js'

test('hooks stay in their initial state until the runtime cannot be loaded, and nothing is left unhandled', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  expect(globalThis.Worker).toBeUndefined()
  let refuse = (_error: Error) => {}
  vi.stubGlobal('fetch', () => new Promise((_resolve, reject) => (refuse = reject)))
  const hooks = await import('../src/index.js')
  const seen: unknown[] = []
  const Component = () => {
    const options = { accessToken: 'pk_1' }
    const { run, error } = hooks.useRealtimeRun('run_1', options)
    const { runs } = hooks.useRealtimeRunsWithTag('tag', options)
    const { parts } = hooks.useRealtimeStream('run_1', options)
    const { isLoading } = hooks.useRun('run_1', options)
    const { handle } = hooks.useTaskTrigger('task', options)
    seen.push({ run, error: error?.message, runs, parts, isLoading, handle })
    return null
  }
  const root = createRoot(document.createElement('div'))
  await act(async () => {
    root.render(<Component />)
    await settled()
  })
  const initial = { run: undefined, runs: [], parts: [], handle: undefined }
  expect(seen.at(-1)).toEqual({ ...initial, isLoading: true, error: undefined })
  await act(async () => {
    refuse(new TypeError('fetch failed'))
    await settled()
  })
  expect(seen.at(-1)).toEqual({ ...initial, isLoading: false, error: expect.stringContaining('fetch failed') })
  await act(async () => root.unmount())
})
