import type { AnyTask, RealtimeRun } from '../realtimeRun.js'
import { useRealtime } from '../useRealtime.js'
import type { UseRealtimeRunOptions } from './useRealtimeRun.js'
import type { UseRealtimeRunsInstance } from './useRealtimeRunsWithTag.js'

/**
 * Hook to subscribe to realtime updates of the runs of a batch. Without a batch id it stays idle.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { runs, error } = useRealtimeBatch<typeof myTask>('batch-id-123');
 * ```
 */
export function useRealtimeBatch<TTask extends AnyTask>(
  batchId: string,
  options?: UseRealtimeRunOptions,
): UseRealtimeRunsInstance<TTask> {
  return useRealtime({ hook: 'batch', batchId: batchId ?? '' }, options, ({ runs, error }) => ({
    runs: runs as RealtimeRun<TTask>[],
    error,
  }))
}
