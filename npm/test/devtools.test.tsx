// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { count, size, span } from '../src/devtools/words.js'
import type { StatusAnswer } from '../src/protocol.js'
import { settled } from './fakeRuntime.js'
import { ops } from './messages.js'
import { accessToken, openPage, recorder } from './page.js'

const now = Date.UTC(2026, 0, 31)
const followed = { observers: 1, scopes: 1, cursor: '0_1', held: 1, accessToken: 0, requests: 2, retries: 0, bytes: 571 }
const answer: StatusAnswer = {
  op: 'status',
  page: 2,
  memory: 65_536,
  status: {
    feeds: [
      { feed: 1, resource: 'run run_1', connection: 'retrying', ...followed, retryAt: now + 3000, retries: 1, observers: 50 },
      { feed: 3, resource: 'stream ai of run_1', connection: 'live', ...followed, lastUpdateAt: now - 4000 },
    ],
    accessTokens: [{ accessToken: 0, expiresAt: now + 125_000, renewals: 2, problem: 'refreshAccessToken: signed out' }],
    pages: [{ page: 2, visible: true, online: true }, { page: 1 }],
    retrievedRuns: 1,
    requestsUnderWay: 1,
  },
}

/** A page with the devtools, and with a hook that has started a runtime unless it is to be without one. */
async function openDevtools({ withRuntime = true } = {}) {
  vi.spyOn(Date, 'now').mockReturnValue(now)
  onTestFinished(() => void vi.restoreAllMocks())
  const page = await openPage()
  const devtools = await import('../src/devtools.js')
  const { Component: Hook } = recorder(() => page.hooks.useRealtimeRun('run_1', { accessToken }))
  if (withRuntime) await page.render(<Hook />)
  const box = document.body.appendChild(document.createElement('div'))
  const root = createRoot(box)
  onTestFinished(() => act(async () => root.unmount()).then(() => box.remove()))
  return {
    ...page,
    ...devtools,
    box,
    show: (node: React.ReactNode) => act(async () => root.render(node)),
    /** Lets the runtime answer whoever asks. */
    answer: () => page.run(() => page.runtimes.last.say(structuredClone(answer))),
    asked: () => ops(page.posted()).filter((op) => op === 'status').length,
  }
}

describe('readRuntimeStatus', () => {
  test('asks the runtime, and says where it is and which page asks', async () => {
    const { readRuntimeStatus, runtimes, posted } = await openDevtools()
    posted()
    const reading = [readRuntimeStatus(), readRuntimeStatus()]
    expect(posted()).toEqual([{ op: 'status' }, { op: 'status' }])
    runtimes.last.say(structuredClone(answer))
    const [status, same] = await Promise.all(reading)
    expect(status).toEqual({
      ...answer.status,
      at: now,
      runtime: 'dedicated',
      memory: 65_536,
      pages: [
        { page: 1, here: false },
        { page: 2, here: true, visible: true, online: true },
      ],
    })
    expect(same).toEqual(status)
  })

  test('is undefined without a runtime, and where it ends before it answers', async () => {
    const without = await openDevtools({ withRuntime: false })
    expect(await without.readRuntimeStatus()).toBeUndefined()
    for (const end of [{ op: 'restarted' }, { op: 'failed', error: { name: 'InternalError', message: 'gone' } }] as const) {
      const { readRuntimeStatus, runtimes, run } = await openDevtools()
      const reading = readRuntimeStatus()
      await run(() => runtimes.last.say(end))
      expect(await reading).toBeUndefined()
    }
  })
})

test('useRuntimeStatus asks while it is mounted, one question at a time', async () => {
  const { useRuntimeStatus, show, answer, asked } = await openDevtools()
  asked()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { Component, latest } = recorder(() => useRuntimeStatus(500))
  const pass = (time: number) => act(async () => vi.advanceTimersByTime(time))
  await show(<Component />)
  expect(latest()).toBeUndefined()
  await pass(5000)
  expect(asked()).toBe(1)
  await answer()
  expect(latest()).toMatchObject({ memory: 65_536 })
  await pass(499)
  expect(asked()).toBe(0)
  await pass(1)
  expect(asked()).toBe(1)
  await show(null)
  await answer()
  await pass(5000)
  expect(asked()).toBe(0)
})

describe('RunwireDevtools', () => {
  const opener = ({ box }: { box: HTMLElement }) => box.querySelector<HTMLElement>('[aria-expanded]')!
  const panel = ({ box }: { box: HTMLElement }) => box.querySelector<HTMLElement>('section[tabindex]')
  // The panel is a module that is loaded when it is opened first.
  const loaded = () => act(() => import('../src/devtools/DevtoolsPanel.js').then(settled))

  test('is a button that asks for nothing, until it is opened', async () => {
    const page = await openDevtools()
    page.asked()
    await page.show(<page.RunwireDevtools />)
    await loaded()
    expect(opener(page).getAttribute('aria-expanded')).toBe('false')
    expect(panel(page)).toBeNull()
    expect(page.asked()).toBe(0)
    await page.run(() => opener(page).click())
    await loaded()
    expect(opener(page).getAttribute('aria-expanded')).toBe('true')
    expect(opener(page).getAttribute('aria-controls')).toBe(panel(page)!.id)
    expect(page.asked()).toBe(1)
  })

  test('shows connections, access tokens, tabs and where it all runs', async () => {
    const page = await openDevtools()
    await page.show(<page.RunwireDevtools initialIsOpen />)
    await loaded()
    expect(panel(page)!.textContent).toContain('No hook has needed the runtime yet.')
    await page.answer()
    const items = Array.from(page.box.querySelectorAll('li'), ({ children }) =>
      Array.from(children).flatMap(({ children, textContent }) =>
        children.length > 0 ? Array.from(children, ({ textContent }) => textContent) : [textContent],
      ),
    )
    expect(items).toEqual([
      ['run run_1', '● retrying, again in 3 s', '50 hooks', '2 requests', '1 retry', '571 B', '1 kept', 'token 0'],
      ['stream ai of run_1', '● live', '1 hook', '2 requests', '571 B', '1 kept', 'token 0', 'updated 4 s ago', 'cursor 0_1'],
      ['token 0', '● expires in 2 min 5 s', '2 connections', 'renewed 2 times', 'refreshAccessToken: signed out'],
      ['tab 1', '● offline', 'hidden'],
      ['tab 2 (this one)', 'visible'],
    ])
    expect(panel(page)!.textContent).toContain('worker of this tab · 66 kB of memory')
    expect(panel(page)!.textContent).toContain('1 request under way')
    expect(page.box.querySelector('style')).toBeNull()
  })

  test('takes the focus, and gives it back to the button with Escape and with its own button', async () => {
    const page = await openDevtools()
    await page.show(<page.RunwireDevtools position="top-left" />)
    for (const close of [
      () => document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })),
      () => (document.activeElement as HTMLElement).click(),
    ]) {
      await page.run(() => opener(page).click())
      await loaded()
      expect(document.activeElement!.getAttribute('aria-label')).toBe('Close')
      await page.run(close)
      expect(panel(page)).toBeNull()
      expect(document.activeElement).toBe(opener(page))
    }
  })

  test('renders its button on a server', async () => {
    const { RunwireDevtools } = await openDevtools({ withRuntime: false })
    expect(renderToString(<RunwireDevtools />)).toContain('aria-label="runwire devtools"')
  })
})

test('numbers are told in words', () => {
  expect([count(0, 'hook'), count(1, 'retry', 'retries'), count(1234, 'request')]).toEqual(['0 hooks', '1 retry', '1,234 requests'])
  expect([0, 999, 1000, 9_940, 12_345, 3_400_000, 5e12].map(size)).toEqual(['0 B', '999 B', '1.0 kB', '9.9 kB', '12 kB', '3.4 MB', '5000 GB'])
  const spans = [-5, 400, 4_000, 60_000, 125_000, 3_600_000, 11_400_000, 187_200_000, 86_460_000]
  expect(spans.map(span)).toEqual(['0 s', '0 s', '4 s', '1 min', '2 min 5 s', '1 h', '3 h 10 min', '2 d 4 h', '1 d 1 min'])
})
