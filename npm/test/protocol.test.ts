// The messages and errors that the runtime's tests hold to as well: neither side can change one without the other.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Client } from '../src/client.js'
import { reviveError } from '../src/errors.js'
import type { PageMessage, RuntimeMessage, StatusAnswer, WireError } from '../src/protocol.js'
import { FakeRuntimes, settled } from './fakeRuntime.js'

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../../wasm/testdata/${name}.json`, import.meta.url), 'utf8'))
const messages = fixture('messages') as { name: string; direction: string; message: PageMessage | RuntimeMessage }[]

async function openClient() {
  const runtimes = new FakeRuntimes()
  const client = new Client(runtimes.connect)
  const scope = client.scope(undefined, { hook: 'stream', runId: 'run_1', streamKey: 'ai' })
  client.open({ scope, options: {} })
  await settled()
  return { client, runtimes, scope }
}

const toRuntime = messages.filter(({ direction }) => direction === 'page to runtime')
const toPage = messages.filter(({ direction }) => direction === 'runtime to page')

describe('what the page says', () => {
  const opens = toRuntime.flatMap(({ name, message }) => (message.op === 'open' ? [{ name, message }] : []))
  test.each(opens)('$name', async ({ message: { spec, options, resume } }) => {
    const { client, runtimes } = await openClient()
    runtimes.last.take()
    client.open({ scope: client.scope(undefined, spec), options })
    const [message] = runtimes.last.take()
    expect(message).toEqual({ op: 'open', sub: 2, scope: '#2', spec, options })
    for (const { feed, key, parts } of resume ?? []) expect([typeof feed, typeof key, typeof parts]).toEqual(['number', 'string', 'number'])
  })

  test('has no other operation', () => {
    const ops = ['hello', 'open', 'submit', 'update', 'stop', 'close', 'drop', 'page', 'token', 'status']
    for (const { message } of toRuntime) expect(ops).toContain(message.op)
  })
})

describe('what the runtime says', () => {
  const fields = {
    publish: ['op', 'feeds', 'views', 'data', 'controls'],
    delta: ['feed', 'run', 'runs', 'retrieved', 'packets', 'parts', 'lastEventId', 'cursor', 'from', 'meta', 'trim'],
    view: [
      ...['scopes', 'run', 'runs', 'retrieved', 'streams', 'runStreams', 'first', 'error', 'completed', 'ended', 'loading'],
      ...['validating', 'result', 'requests', 'control', 'connection', 'retryAt', 'lastUpdateAt'],
    ],
    status: ['feeds', 'accessTokens', 'pages', 'retrievedRuns', 'requestsUnderWay'],
    feed: [
      ...['feed', 'resource', 'connection', 'retryAt', 'lastUpdateAt', 'error', 'observers', 'scopes', 'cursor', 'held', 'accessToken'],
      ...['requests', 'retries', 'bytes'],
    ],
    accessToken: ['accessToken', 'expiresAt', 'renewals', 'renewing', 'problem'],
    page: ['page', 'visible', 'online'],
  }
  const onlyHas = (object: object, names: string[]) => expect(Object.keys(object).filter((name) => !names.includes(name))).toEqual([])

  test.each(toPage)('$name', async ({ message }) => {
    const { client, runtimes, scope } = await openClient()
    const say = (message: RuntimeMessage) => runtimes.last.say(structuredClone(message))
    expect(['ready', 'publish', 'forget', 'ask', 'status', 'restarted', 'failed']).toContain(message.op)
    if (message.op === 'status') {
      const answer = message as StatusAnswer
      const answered = client.status()
      say(answer)
      expect(await answered).toEqual(answer)
      const { status } = answer
      onlyHas(status, fields.status)
      for (const feed of status.feeds) onlyHas(feed, fields.feed)
      for (const token of status.accessTokens) onlyHas(token, fields.accessToken)
      return status.pages.forEach((page) => onlyHas(page, fields.page))
    }
    if (message.op !== 'publish') return say(message as RuntimeMessage)
    onlyHas(message, fields.publish)
    for (const delta of message.feeds) onlyHas(delta, fields.delta)
    for (const view of message.views) {
      onlyHas(view, fields.view)
      for (const request of view.requests ?? []) scope.submit({ request, body: {} })
      say({ ...message, views: [{ ...view, scopes: ['#1'] }] })
      const { run, error, completed, ended, loading, result } = scope.getSnapshot()
      const inMessage = (feed: number | undefined) => message.feeds.some((delta) => delta.feed === feed)
      if (inMessage(view.run)) expect(Object.values(run as object)).not.toContain(null)
      expect(error).toEqual(view.error && expect.objectContaining({ name: view.error.name, message: view.error.message }))
      expect({ completed, ended, loading }).toEqual({
        ...{ completed: view.completed ?? false, ended: view.ended ?? false, loading: view.loading ?? false },
      })
      expect(result).toEqual(view.result)
      const date = (time?: number) => (time ? new Date(time) : undefined)
      expect(scope.status.get()).toEqual({
        connection: view.connection ?? 'connecting', retryAt: date(view.retryAt), lastUpdateAt: date(view.lastUpdateAt),
      })
    }
  })
})

test.each(fixture('errors') as { name: string; error: WireError }[])('an error: $name', ({ error }) => {
  const { cause, ...fields } = error
  expect(reviveError(error)).toMatchObject(fields)
  expect((reviveError(error).cause as Error | undefined)?.message).toBe(cause?.message)
})
