import type { AnyTask, RealtimeRun } from '../realtimeRun.js'
import { useRealtime } from '../useRealtime.js'
import type { RealtimeConnection } from '../useRealtime.js'
import type { UseRealtimeSingleRunOptions } from './useRealtimeRun.js'

export type StreamResults<TStreams extends Record<string, any>> = {
  [K in keyof TStreams]: Array<TStreams[K]>
}

/** What the original's documentation names, and what it lacks. */
export type StreamOptions = {
  /** Another name of `throttleInMs`. */
  experimental_throttleInMs?: number
  /** Cap each stream to its newest parts. When unset, `streams` has every part. */
  maxParts?: number
}

export type UseRealtimeRunWithStreamsInstance<
  TTask extends AnyTask = AnyTask,
  TStreams extends Record<string, any> = Record<string, any>,
> = RealtimeConnection & {
  run: RealtimeRun<TTask> | undefined
  streams: StreamResults<TStreams>
  error: Error | undefined
  /** Abort the current requests immediately. What is shown stays. */
  stop: () => void
}

/**
 * Hook to subscribe to realtime updates of a task run and of all its streams.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { run, streams, error } = useRealtimeRunWithStreams<typeof myTask, {
 *   output: string;
 * }>('run-id-123');
 * ```
 */
export function useRealtimeRunWithStreams<
  TTask extends AnyTask = AnyTask,
  TStreams extends Record<string, any> = Record<string, any>,
>(
  runId?: string,
  options?: UseRealtimeSingleRunOptions<TTask> & StreamOptions,
): UseRealtimeRunWithStreamsInstance<TTask, TStreams> {
  return useRealtime({ hook: 'runWithStreams', runId: runId ?? '' }, options, ({ run, streams, error }) => ({
    run: run as RealtimeRun<TTask> | undefined,
    streams: streams as StreamResults<TStreams>,
    error,
  }))
}
