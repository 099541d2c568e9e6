// The app of the README's quick start, as the benchmarks load it: it shows the run that its address names, and keeps
// when it first did. Its download is measured too, so it has nothing else.
import { TriggerAuthContext, useRealtimeRunWithStreams } from '@trigger.dev/react-hooks'
import { useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'

declare global {
  interface Window {
    /** When the run was committed. Unit: ms since the navigation began. */
    shownAt?: number
  }
}

function Answer({ runId }: { runId: string }) {
  const { run, streams, error } = useRealtimeRunWithStreams<any, { openai: string }>(runId)
  useLayoutEffect(() => {
    if (run) window.shownAt ??= performance.now()
  })
  if (error) return <p role="alert">{error.message}</p>
  if (!run) return <p>Loading…</p>
  return (
    <article>
      <p>{run.status}</p>
      <p>{streams.openai?.join('')}</p>
    </article>
  )
}

const { runId = '', ...connection } = Object.fromEntries(new URLSearchParams(location.search))

createRoot(document.getElementById('root')!).render(
  <TriggerAuthContext.Provider value={connection}>
    <Answer runId={runId} />
  </TriggerAuthContext.Provider>,
)
