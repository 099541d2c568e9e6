import type { UseApiClientOptions } from '../connection.js'
import type { AnyTask, RealtimeRun, RealtimeRunSkipColumns } from '../realtimeRun.js'
import { useRealtime } from '../useRealtime.js'
import type { RealtimeConnection } from '../useRealtime.js'

export type UseRealtimeRunOptions = UseApiClientOptions & {
  id?: string
  enabled?: boolean
  /**
   * The number of milliseconds to throttle the stream updates.
   *
   * @default 16
   */
  throttleInMs?: number
}

export type UseRealtimeSingleRunOptions<TTask extends AnyTask = AnyTask> = UseRealtimeRunOptions & {
  /**
   * Called once for each run, after the commit that shows that it has completed. It is not called for an error or `stop()`.
   *
   * @param {RealtimeRun<TTask>} run - The run object
   * @param {Error} [err] - The error that is shown beside the run, if there is one
   */
  onComplete?: (run: RealtimeRun<TTask>, err?: Error) => void
  /**
   * Whether to stop the subscription when the run completes
   *
   * @default true
   *
   * Set this to false if you are making updates to the run metadata after completion through child runs
   */
  stopOnCompletion?: boolean
  /**
   * Skip columns from the subscription.
   *
   * @default []
   */
  skipColumns?: RealtimeRunSkipColumns
}

export type UseRealtimeRunInstance<TTask extends AnyTask = AnyTask> = RealtimeConnection & {
  run: RealtimeRun<TTask> | undefined
  error: Error | undefined
  /** Abort the current request immediately. What is shown stays. */
  stop: () => void
}

/**
 * Hook to subscribe to realtime updates of a task run. Without a run id, or with `enabled: false`, it stays idle.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { run, error } = useRealtimeRun<typeof myTask>('run-id-123');
 * ```
 */
export function useRealtimeRun<TTask extends AnyTask>(
  runId?: string,
  options?: UseRealtimeSingleRunOptions<TTask>,
): UseRealtimeRunInstance<TTask> {
  return useRealtime({ hook: 'run', runId: runId ?? '' }, options, ({ run, error }) => ({
    run: run as RealtimeRun<TTask> | undefined,
    error,
  }))
}
