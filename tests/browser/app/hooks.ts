import * as hooks from '@trigger.dev/react-hooks'
import type { Mounted } from './steps'

type Result = { stop: () => void } & Record<string, unknown>
type AnyHook = (...args: unknown[]) => Result

const { useRealtimeRun, useRealtimeRunWithStreams, useRealtimeStream } = hooks as unknown as Record<string, AnyHook>

// What we add to the original, and the original lacks.
export const { configureRuntime } = hooks as { configureRuntime?: (options: Record<string, unknown>) => void }

const calls = {
  useRealtimeRun: ({ runId }: Mounted, options: object) => useRealtimeRun!(runId, options),
  useRealtimeRunWithStreams: ({ runId }: Mounted, options: object) => useRealtimeRunWithStreams!(runId, options),
  useRealtimeStream: ({ runId, streamKey }: Mounted, options: object) =>
    streamKey === undefined ? useRealtimeStream!(runId, options) : useRealtimeStream!(runId, streamKey, options),
}

export type HookName = keyof typeof calls

export const useHook = (component: Mounted, options: object): Result => calls[component.hook](component, options)
