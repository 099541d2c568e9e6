'use client'

import { preload } from './runtime.js'

export { TriggerAuthContext, useTriggerAuthContext, useTriggerAuthContextOptional } from './context.js'
export { useRealtimeRun } from './hooks/useRealtimeRun.js'
export { useRealtimeRunWithStreams } from './hooks/useRealtimeRunWithStreams.js'
export { useRealtimeStream } from './hooks/useRealtimeStream.js'
export { configureRuntime } from './runtime.js'

export type { ApiClientConfiguration, UseApiClientOptions } from './context.js'
export type {
  UseRealtimeRunInstance,
  UseRealtimeRunOptions,
  UseRealtimeSingleRunOptions,
} from './hooks/useRealtimeRun.js'
export type { StreamResults, UseRealtimeRunWithStreamsInstance } from './hooks/useRealtimeRunWithStreams.js'
export type { UseRealtimeStreamInstance, UseRealtimeStreamOptions } from './hooks/useRealtimeStream.js'
export type { RuntimeOptions } from './runtime.js'

// In a browser the runtime loads while React renders. A microtask later, so that the app can call configureRuntime first;
// on a server nothing happens.
if (typeof document !== 'undefined') queueMicrotask(preload)
