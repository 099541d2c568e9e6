import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'

test('on a server importing starts nothing and hooks show their first state', async () => {
  const fetch = vi.fn()
  const Worker = vi.fn()
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('Worker', Worker)
  const { useRealtimeRun, useRealtimeStream } = await import('../src/index.js')
  const Component = () => {
    const { run, error } = useRealtimeRun('run_1', { accessToken: 'pk_1' })
    const { parts } = useRealtimeStream('run_1', { accessToken: 'pk_1' })
    return <p>{JSON.stringify({ run: run ?? null, error: error ?? null, parts })}</p>
  }
  expect(renderToString(<Component />)).toContain('{&quot;run&quot;:null,&quot;error&quot;:null,&quot;parts&quot;:[]}')
  await new Promise<void>((resolve) => queueMicrotask(resolve))
  expect(fetch).not.toHaveBeenCalled()
  expect(Worker).not.toHaveBeenCalled()
})

test('on a server nothing is kept of one page for another', async () => {
  const { client } = await import('../src/client.js')
  const { useRun } = await import('../src/index.js')
  const scope = vi.spyOn(client, 'scope')
  const Component = () => <p>{String(useRun('run_1', { accessToken: 'pk_1' }).isLoading)}</p>
  for (let i = 0; i < 2; i++) expect(renderToString(<Component />)).toBe('<p>true</p>')
  const [first, second] = scope.mock.results.map(({ value }) => value)
  expect(second).not.toBe(first)
})
