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
