import { act } from 'react'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, vi } from 'vitest'
import type { Publish } from '../src/protocol.js'
import { FakeRuntimes, settled } from './fakeRuntime.js'

export const accessToken = 'pk_1'

/** What triggering a task answers. */
export const handle = { id: 'run_1', isCached: false, publicAccessToken: 'pk_run', taskIdentifier: 'resize' }

/** A page with the package freshly loaded, over fake runtimes. A promise that is rejected with nobody to hear fails the test. */
export async function openPage() {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  const runtimes = new FakeRuntimes()
  vi.resetModules()
  vi.doMock('../src/runtime.js', () => ({
    connect: runtimes.connect,
    preload: () => {},
    configureRuntime: () => {},
  }))
  const hooks = await import('../src/index.js')
  const root = createRoot(document.createElement('div'), { onUncaughtError: () => {} })
  onTestFinished(() => act(async () => root.unmount()))

  return {
    hooks,
    runtimes,
    render: (node: ReactNode) =>
      act(async () => {
        root.render(node)
        await settled()
      }),
    /** What was posted since the last call. */
    posted: () => runtimes.last.take(),
    publish: (message: Partial<Publish>) => act(async () => runtimes.last.say({ op: 'publish', feeds: [], views: [], ...message })),
    run: (action: () => unknown) =>
      act(async () => {
        action()
        await settled()
      }),
  }
}

/** What a component that calls `useHook` was given at each of its renders, the latest last. */
export function recorder<T>(useHook: (props: any) => T) {
  const seen: T[] = []
  const Component = (props: Record<string, unknown>) => {
    seen.push(useHook(props))
    return null
  }
  return { Component, seen, latest: () => seen.at(-1)! }
}
