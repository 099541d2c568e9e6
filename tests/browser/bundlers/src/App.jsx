'use client'
import { TriggerAuthContext, useRealtimeRunWithStreams } from '@trigger.dev/react-hooks'

/** A run and its stream, as the project's README shows them. */
export function App({ runId, accessToken, baseURL }) {
  return (
    <TriggerAuthContext.Provider value={{ accessToken, baseURL }}>
      <Answer runId={runId} />
    </TriggerAuthContext.Provider>
  )
}

function Answer({ runId }) {
  const { run, streams, error } = useRealtimeRunWithStreams(runId)
  if (error) return <p role="alert">{error.message}</p>
  if (!run) return <p>Loading…</p>
  return (
    <p>
      {run.status}: {streams.openai?.join('')}
    </p>
  )
}
