// Run by tsc: each of our hooks stands in the place of the original's, and the original's in the place of ours.
import type * as original from '@trigger.dev/react-hooks'
import type * as ours from '../src/index.js'
import { yes } from './alike.js'
import type { Assignable, Equal, Failing, Resize, Screens, Streams } from './alike.js'

interface Theirs {
  TriggerAuthContext: typeof original.TriggerAuthContext
  useTriggerAuthContext: typeof original.useTriggerAuthContext
  useTriggerAuthContextOptional: typeof original.useTriggerAuthContextOptional
  useRun: typeof original.useRun<Resize>
  useRealtimeRun: typeof original.useRealtimeRun<Resize>
  useRealtimeRunWithStreams: typeof original.useRealtimeRunWithStreams<Resize, Streams>
  useRealtimeRunsWithTag: typeof original.useRealtimeRunsWithTag<Resize>
  useRealtimeBatch: typeof original.useRealtimeBatch<Resize>
  useRealtimeStream: typeof original.useRealtimeStream
  useTaskTrigger: typeof original.useTaskTrigger<Resize>
  useRealtimeTaskTrigger: typeof original.useRealtimeTaskTrigger<Resize>
  useRealtimeTaskTriggerWithStreams: typeof original.useRealtimeTaskTriggerWithStreams<Resize, Streams>
  useWaitToken: typeof original.useWaitToken<string>
  useInputStreamSend: typeof original.useInputStreamSend<string>
  useSessionStream: typeof original.useSessionStream<string>
  useSessionStreamChannel: typeof original.useSessionStreamChannel<Screens, 'in'>
}

interface Ours {
  TriggerAuthContext: typeof ours.TriggerAuthContext
  useTriggerAuthContext: typeof ours.useTriggerAuthContext
  useTriggerAuthContextOptional: typeof ours.useTriggerAuthContextOptional
  useRun: typeof ours.useRun<Resize>
  useRealtimeRun: typeof ours.useRealtimeRun<Resize>
  useRealtimeRunWithStreams: typeof ours.useRealtimeRunWithStreams<Resize, Streams>
  useRealtimeRunsWithTag: typeof ours.useRealtimeRunsWithTag<Resize>
  useRealtimeBatch: typeof ours.useRealtimeBatch<Resize>
  useRealtimeStream: typeof ours.useRealtimeStream
  useTaskTrigger: typeof ours.useTaskTrigger<Resize>
  useRealtimeTaskTrigger: typeof ours.useRealtimeTaskTrigger<Resize>
  useRealtimeTaskTriggerWithStreams: typeof ours.useRealtimeTaskTriggerWithStreams<Resize, Streams>
  useWaitToken: typeof ours.useWaitToken<string>
  useInputStreamSend: typeof ours.useInputStreamSend<string>
  useSessionStream: typeof ours.useSessionStream<string>
  useSessionStreamChannel: typeof ours.useSessionStreamChannel<Screens, 'in'>
}

type Differing<From, To extends Record<keyof From, unknown>> = {
  [K in keyof From]: Assignable<From[K], To[K]> extends true ? never : K
}[keyof From]
yes<Equal<Differing<Ours, Theirs>, never>>()
yes<Equal<Differing<Theirs, Ours>, never>>()
yes<Equal<keyof Theirs | 'useApiClient', keyof typeof original>>()

// The client has what frontends use of the original's.
type OurClient = NonNullable<ReturnType<typeof ours.useApiClient>>
type TheirClient = NonNullable<ReturnType<typeof original.useApiClient>>
yes<Assignable<Parameters<typeof original.useApiClient>, Parameters<typeof ours.useApiClient>>>()
yes<Equal<Failing<OurClient, TheirClient>, never>>()
yes<Equal<Exclude<keyof OurClient, keyof TheirClient>, 'submit'>>() // which is internal
