// Run by tsc: the ways of use that the documentation of the original shows, so that code written after it compiles.
import { task } from '@trigger.dev/sdk'
import type { ReactNode } from 'react'
import * as hooks from '../src/index.js'
import { auth, runs } from '../src/sdk.js'

const one = task({ id: 'my-task-1', run: async (payload: { data: string }) => ({ text: payload.data }) })
const two = task({ id: 'my-task-2', run: async (payload: { count: number }) => payload.count })
type Chunks = { openai: { choices: { delta: { content: string } }[] }; log: string }
declare const [runId, tag, batchId, publicAccessToken, accessToken]: string[] & [string, string, string, string, string]

export function Provider({ children }: { children: ReactNode }) {
  return (
    <hooks.TriggerAuthContext.Provider value={{ accessToken: publicAccessToken, baseURL: 'https://trigger.example' }}>
      {children}
    </hooks.TriggerAuthContext.Provider>
  )
}

export function Untyped() {
  const { run, error } = hooks.useRealtimeRun(runId, { accessToken, baseURL: 'https://trigger.example', enabled: true, id: 'x' })
  if (error) return <div>Error: {error.message}</div>
  return <div>Run: {run?.id}</div>
}

export function Typed() {
  const { run } = hooks.useRealtimeRun<typeof one>(runId, {
    accessToken,
    onComplete: (run, error) => console.log(run.output?.text, error?.message),
  })
  return (
    <div>
      {run?.payload.data} {run?.output?.text} {String(run?.metadata?.progress || 0)} {run?.createdAt.getTime()}
    </div>
  )
}

export function Lists() {
  const { runs, error } = hooks.useRealtimeRunsWithTag<typeof one | typeof two>([tag, 'other'], { createdAt: '1h' })
  const batch = hooks.useRealtimeBatch<typeof two>(batchId)
  if (error) return <div>Error: {error.message}</div>
  for (const run of runs) {
    if (run.taskIdentifier === 'my-task-1') run.payload.data.trim()
    else if (run.taskIdentifier === 'my-task-2') run.output?.toFixed()
  }
  return (
    <ul>
      {batch.runs.map((run) => (
        <li key={run.id}>{run.status}</li>
      ))}
    </ul>
  )
}

export function Streams() {
  const { run, streams } = hooks.useRealtimeRunWithStreams<typeof one, Chunks>(runId, { accessToken, throttleInMs: 100 })
  const text = streams.openai
    ?.filter((chunk) => chunk.choices[0]?.delta?.content)
    .map((chunk) => chunk.choices[0]!.delta.content)
    .join('')
  const all = hooks.useRealtimeRunsWithStreams(tag, { accessToken, experimental_throttleInMs: 1000 })
  return (
    <div>
      {run?.id} {text} {Object.keys(streams).map((key) => key)} {all.runs.map((run) => run.id)}
    </div>
  )
}

export function Triggers() {
  const { submit, handle, isLoading } = hooks.useTaskTrigger<typeof one>('my-task-1', { accessToken })
  const realtime = hooks.useRealtimeTaskTrigger<typeof one>('my-task-1', { accessToken })
  const streaming = hooks.useRealtimeTaskTriggerWithStreams<typeof one, Chunks>('my-task-1', { accessToken })
  const { complete } = hooks.useWaitToken('token', { accessToken })
  return (
    <>
      <button onClick={() => submit({ data: 'value' })} disabled={isLoading} />
      <button onClick={() => realtime.submit({ data: 'value' }, { tags: ['a'] })} disabled={realtime.isLoading} />
      <button onClick={() => complete({ approved: true })}>{realtime.run?.status}</button>
      {handle?.id} {handle?.publicAccessToken} {streaming.streams.log?.join('')}
    </>
  )
}

export function Fetched() {
  const { run, error, isLoading } = hooks.useRun<typeof one>(runId, {
    ...{ accessToken, refreshInterval: 0, revalidateOnFocus: true, revalidateOnReconnect: true },
  })
  if (isLoading) return <div>Loading...</div>
  if (error) return <div>Error: {error.message}</div>
  return <div>{run?.output?.text}</div>
}

export async function frontend() {
  auth.configure({ accessToken })
  const run = await auth.withAuth({ accessToken }, () => runs.retrieve<typeof one>(runId))
  run.output?.text
  for await (const run of runs.subscribeToRun<typeof one>(runId)) if (run.status === 'COMPLETED') break
  for await (const run of runs.subscribeToRunsWithTag<typeof two>('user-123')) run.payload.count.toFixed()
  for await (const run of runs.subscribeToBatch(batchId)) run.status
  for await (const part of runs.subscribeToRun<typeof one>(runId).withStreams<Chunks>()) {
    switch (part.type) {
      case 'run':
        part.run.payload.data.trim()
        break
      case 'openai':
        part.chunk.choices[0]?.delta.content
        break
    }
  }
}
