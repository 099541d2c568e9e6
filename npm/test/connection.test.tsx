// @vitest-environment jsdom
import { StrictMode } from 'react'
import { expect, test } from 'vitest'
import type { View } from '../src/protocol.js'
import { opened } from './messages.js'
import { accessToken, openPage, recorder } from './page.js'

type Hooks = Awaited<ReturnType<typeof openPage>>['hooks']
type Connection = Pick<View, 'connection' | 'retryAt' | 'lastUpdateAt'>

const at = Date.UTC(2026, 0, 31)
const live: Connection = { connection: 'live', lastUpdateAt: at }

/** A page with one mounted component that follows a run, and a way for its connection to change. */
async function openRun(useHook: (hooks: Hooks, props: any) => unknown, props = {}) {
  const page = await openPage()
  const recorded = recorder((props) => useHook(page.hooks, props))
  const { Component } = recorded
  await page.render(<Component {...props} />)
  const scopes = page.runtimes.started.length > 0 ? opened(page.posted()).map(({ scope }) => scope) : []
  return {
    ...page,
    ...recorded,
    scopes,
    show: (connection: Connection) => page.publish({ views: [{ scopes, run: 1, ...connection }] }),
    showRun: (run: object) => page.publish({ feeds: [{ feed: 1, run: { id: 'run_1', ...run } }], views: [{ scopes, run: 1, ...live }] }),
  }
}

const useRunOnly = (hooks: Hooks) => hooks.useRealtimeRun('run_1', { accessToken }).run
const useWhole = (hooks: Hooks, props: object) => {
  const { run, connection, retryAt, lastUpdateAt } = hooks.useRealtimeRun('run_1', { accessToken, ...props })
  return { run, connection, retryAt, lastUpdateAt }
}

test('a component that reads the run alone is not rendered when the connection changes, and is when the run does', async () => {
  const { seen, show, showRun, latest } = await openRun(useRunOnly)
  await showRun({ status: 'EXECUTING' })
  const renders = seen.length
  await show({ connection: 'retrying', retryAt: at })
  await show({ connection: 'offline', retryAt: at + 1000 })
  await show({ ...live, lastUpdateAt: at + 2000 })
  expect(seen).toHaveLength(renders)
  await showRun({ status: 'COMPLETED' })
  expect(seen).toHaveLength(renders + 1)
  expect(latest()).toMatchObject({ status: 'COMPLETED' })
})

test('a component that reads the connection is rendered once for each change of it, and for nothing else', async () => {
  const { seen, show, showRun, latest } = await openRun(useWhole)
  expect(seen).toEqual([{ run: undefined, connection: 'connecting', retryAt: undefined, lastUpdateAt: undefined }])
  await showRun({ status: 'EXECUTING' })
  expect(seen).toHaveLength(2)
  expect(latest()).toMatchObject({ run: { id: 'run_1' }, connection: 'live', lastUpdateAt: new Date(at) })
  await show({ connection: 'retrying', retryAt: at + 300, lastUpdateAt: at })
  expect(seen).toHaveLength(3)
  expect(latest()).toMatchObject({ run: { id: 'run_1' }, connection: 'retrying', retryAt: new Date(at + 300) })
  await show({ connection: 'retrying', retryAt: at + 300, lastUpdateAt: at })
  expect(seen).toHaveLength(3)
  await show(live)
  expect(latest()).toMatchObject({ connection: 'live', retryAt: undefined })
})

test('a component that begins to read it is rendered from then on', async () => {
  const { seen, show, render, Component, latest } = await openRun((hooks, { reads }) => {
    const result = hooks.useRealtimeRun('run_1', { accessToken })
    return reads ? result.connection : undefined
  })
  await show(live)
  expect(seen).toEqual([undefined])
  await render(<Component reads />)
  expect(seen).toEqual([undefined, 'live'])
  await show({ connection: 'paused' })
  expect(latest()).toBe('paused')
})

test('what did not change keeps its identity', async () => {
  const { show, showRun, latest } = await openRun(useWhole)
  const shown = () => latest() as ReturnType<typeof useWhole>
  await showRun({})
  const { run, lastUpdateAt } = shown()
  await show({ connection: 'retrying', retryAt: at, lastUpdateAt: at })
  expect(shown().run).toBe(run)
  expect(shown().lastUpdateAt).toBe(lastUpdateAt)
})

test('what a hook returns is what the original returns, to whoever lists, copies, compares or prints it', async () => {
  const { latest, show } = await openRun((hooks) => hooks.useRealtimeRun('run_1', { accessToken }))
  const result = latest() as ReturnType<Hooks['useRealtimeRun']>
  expect(Object.keys(result)).toEqual(['run', 'error', 'stop'])
  expect(result).toStrictEqual({ run: undefined, error: undefined, stop: expect.any(Function) })
  expect({ ...result }.connection).toBeUndefined()
  expect(JSON.stringify(result)).toBe('{}')
  // None of these has read it.
  await show(live)
  expect(latest()).toBe(result)
  expect(result.connection).toBe('connecting') // as it was at that render
})

test('every realtime hook says how it is connected', async () => {
  const options = { accessToken }
  const { seen, publish, scopes } = await openRun((hooks) => [
    hooks.useRealtimeRun('run_1', options).connection,
    hooks.useRealtimeRunWithStreams('run_1', options).connection,
    hooks.useRealtimeRunsWithTag('a', options).connection,
    hooks.useRealtimeRunsWithStreams('a', options).connection,
    hooks.useRealtimeBatch('batch_1', options).connection,
    hooks.useRealtimeStream('run_1', options).connection,
    hooks.useSessionStream('session_1', options).connection,
    hooks.useSessionStreamChannel('tools', { sessionId: 'session_1', ...options }).connection,
  ])
  expect(seen.at(-1)).toEqual(Array(8).fill('connecting'))
  await publish({ views: [{ scopes, ...live }] })
  expect(seen.at(-1)).toEqual(Array(8).fill('live'))
})

test('hooks that trigger a task are idle until there is a run to follow', async () => {
  const { latest, posted, publish, run } = await openRun((hooks) => {
    const trigger = hooks.useRealtimeTaskTrigger('resize', { accessToken })
    const withStreams = hooks.useRealtimeTaskTriggerWithStreams('resize', { accessToken })
    return { triggers: [trigger, withStreams], connections: [trigger.connection, withStreams.connection] }
  })
  type Shown = { triggers: { submit(payload: unknown): void }[]; connections: string[] }
  const shown = () => latest() as Shown
  expect(shown().connections).toEqual(['idle', 'idle'])
  await run(() => shown().triggers.forEach(({ submit }) => submit({})))
  const calls = opened(posted()).map(({ scope }) => scope)
  const handle = { id: 'run_1', publicAccessToken: 'pk_run' }
  for (const scope of calls) await publish({ views: [{ scopes: [scope], result: handle }] })
  expect(shown().connections).toEqual(['connecting', 'connecting'])
  const scopes = opened(posted()).map(({ scope }) => scope)
  await publish({ views: [{ scopes, ...live }] })
  expect(shown().connections).toEqual(['live', 'live'])
})

test('a hook that follows nothing is idle, and says when data came last', async () => {
  const { render, Component, show, latest } = await openRun(useWhole)
  await show(live)
  await render(<Component enabled={false} />)
  expect(latest()).toMatchObject({ connection: 'idle', lastUpdateAt: new Date(at) })
  await render(<Component enabled />)
  expect(latest()).toMatchObject({ connection: 'live' })

  const { latest: withoutId } = await openRun((hooks) => hooks.useRealtimeRun('', { accessToken }).connection)
  expect(withoutId()).toBe('idle')
})

test('hooks whose runtime has failed are idle', async () => {
  const { latest, show, runtimes, run } = await openRun(useWhole)
  await show(live)
  await run(() => runtimes.last.say({ op: 'failed', error: { name: 'InternalError', message: 'gone' } }))
  expect(latest()).toMatchObject({ connection: 'idle', lastUpdateAt: new Date(at) })
})

test('a runtime that dies leaves its hooks connecting, with the time of their data, until another one knows better', async () => {
  const { latest, show, runtimes, run } = await openRun(useWhole)
  await show(live)
  await run(() => runtimes.last.say({ op: 'restarted' }))
  expect(latest()).toMatchObject({ connection: 'connecting', lastUpdateAt: new Date(at) })
  await show({ connection: 'retrying', retryAt: at })
  expect(latest()).toMatchObject({ connection: 'retrying', lastUpdateAt: new Date(at) })
})

test('reading it under Strict Mode renders as often as not reading it', async () => {
  const { hooks, render, posted, publish } = await openPage()
  const counts = []
  for (const reads of [true, false]) {
    const { Component, seen } = recorder(() => {
      const result = hooks.useRealtimeRun('run_1', { accessToken })
      return reads && result.connection
    })
    await render(
      <StrictMode>
        <Component key={String(reads)} />
      </StrictMode>,
    )
    const scopes = opened(posted()).map(({ scope }) => scope)
    await publish({ feeds: [{ feed: 1, run: { id: 'run_1' } }], views: [{ scopes, run: 1, ...live }] })
    counts.push(seen.length)
  }
  expect(counts[0]).toBe(counts[1])
})
