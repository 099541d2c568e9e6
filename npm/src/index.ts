'use client'

import { preload } from './runtime.js'

export { TriggerAuthContext, useTriggerAuthContext, useTriggerAuthContextOptional } from './context.js'
export { useApiClient } from './hooks/useApiClient.js'
export { useInputStreamSend } from './hooks/useInputStreamSend.js'
export { useRealtimeBatch } from './hooks/useRealtimeBatch.js'
export { useRealtimeRun } from './hooks/useRealtimeRun.js'
export { useRealtimeRunsWithStreams } from './hooks/useRealtimeRunsWithStreams.js'
export { useRealtimeRunsWithTag } from './hooks/useRealtimeRunsWithTag.js'
export { useRealtimeRunWithStreams } from './hooks/useRealtimeRunWithStreams.js'
export { useRealtimeStream } from './hooks/useRealtimeStream.js'
export { useRealtimeTaskTrigger } from './hooks/useRealtimeTaskTrigger.js'
export { useRealtimeTaskTriggerWithStreams } from './hooks/useRealtimeTaskTriggerWithStreams.js'
export { useRun } from './hooks/useRun.js'
export { useSessionStream } from './hooks/useSessionStream.js'
export { useSessionStreamChannel } from './hooks/useSessionStreamChannel.js'
export { useTaskTrigger } from './hooks/useTaskTrigger.js'
export { useWaitToken } from './hooks/useWaitToken.js'
export { configureRuntime } from './runtime.js'

export type { ApiClient } from './apiClient.js'
export type { ApiClientConfiguration, UseApiClientOptions } from './connection.js'
export type { InputStreamSendInstance } from './hooks/useInputStreamSend.js'
export type {
  UseRealtimeRunInstance,
  UseRealtimeRunOptions,
  UseRealtimeSingleRunOptions,
} from './hooks/useRealtimeRun.js'
export type {
  UseRealtimeRunsWithStreamsInstance,
  UseRealtimeRunsWithStreamsOptions,
} from './hooks/useRealtimeRunsWithStreams.js'
export type { UseRealtimeRunsInstance, UseRealtimeRunsWithTagOptions } from './hooks/useRealtimeRunsWithTag.js'
export type { StreamResults, UseRealtimeRunWithStreamsInstance } from './hooks/useRealtimeRunWithStreams.js'
export type { UseRealtimeStreamInstance, UseRealtimeStreamOptions } from './hooks/useRealtimeStream.js'
export type { RealtimeTriggerInstance, UseRealtimeTaskTriggerOptions } from './hooks/useRealtimeTaskTrigger.js'
export type { RealtimeTriggerInstanceWithStreams } from './hooks/useRealtimeTaskTriggerWithStreams.js'
export type { UseSessionStreamInstance, UseSessionStreamOptions } from './hooks/useSessionStream.js'
export type {
  UseSessionStreamChannelInstance,
  UseSessionStreamChannelOptions,
} from './hooks/useSessionStreamChannel.js'
export type { TriggerInstance, UseTaskTriggerOptions } from './hooks/useTaskTrigger.js'
export type { WaitTokenInstance } from './hooks/useWaitToken.js'
export type { ConnectionState } from './protocol.js'
export type { RuntimeOptions } from './runtime.js'
export type { RealtimeConnection } from './useRealtime.js'

// In a browser the runtime loads while React renders. A microtask later, so that the app can call configureRuntime first;
// on a server nothing happens.
if (typeof document !== 'undefined') queueMicrotask(preload)
