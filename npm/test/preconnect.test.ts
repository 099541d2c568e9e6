// @vitest-environment jsdom
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { Client } from '../src/client.js'
import type { Options } from '../src/protocol.js'
import { FakeRuntimes, settled } from './fakeRuntime.js'

test('the browser connects to each base URL once, while the runtime is on its way, and the page stays as it was', async () => {
  const client = new Client(new FakeRuntimes().connect)
  const open = (options: Options) => client.open({ scope: client.scope(undefined, { hook: 'run', runId: 'run_1' }), options })
  const links = vi.spyOn(document.head, 'append')
  const page = document.head.innerHTML

  open({})
  open({ baseURL: 'https://trigger.example.com' })
  open({ baseURL: 'https://trigger.example.com' })
  await settled()
  open({ baseURL: 'https://another.example.com' }) // the runtime is there, and connects itself

  const [, cloud] = /DefaultBaseURL = "(.*)"/.exec(readFileSync(`${import.meta.dirname}/../../hooks/api/request.go`, 'utf8'))!
  expect(links.mock.calls.map(([link]) => (link as HTMLLinkElement).outerHTML)).toEqual(
    [cloud, 'https://trigger.example.com'].map((href) => `<link rel="preconnect" href="${href}" crossorigin="anonymous">`),
  )
  expect(document.head.innerHTML).toBe(page)
})
