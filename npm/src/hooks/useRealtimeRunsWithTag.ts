import type { AnyTask, RealtimeRun, RealtimeRunSkipColumns } from '../realtimeRun.js'
import { useRealtime } from '../useRealtime.js'
import type { RealtimeConnection } from '../useRealtime.js'
import type { UseRealtimeRunOptions } from './useRealtimeRun.js'

export type UseRealtimeRunsInstance<TTask extends AnyTask = AnyTask> = RealtimeConnection & {
  runs: RealtimeRun<TTask>[]
  error: Error | undefined
  /** Abort the current request immediately. What is shown stays. */
  stop: () => void
}

export type UseRealtimeRunsWithTagOptions = UseRealtimeRunOptions & {
  /**
   * Filter runs by the time they were created: a duration of at most a week, such as `"10s"`, `"30m"`, `"1h"`, `"1d"`
   * or `"1w"`. The server calculates the time when the subscription begins.
   */
  createdAt?: string
  /**
   * Skip columns from the subscription.
   *
   * @default []
   */
  skipColumns?: RealtimeRunSkipColumns
}

/**
 * Hook to subscribe to realtime updates of the runs that have all of the tags. Without a tag it stays idle.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { runs, error } = useRealtimeRunsWithTag<typeof myTask>('my-tag', { createdAt: '1h' });
 * ```
 */
export function useRealtimeRunsWithTag<TTask extends AnyTask>(
  tag: string | string[],
  options?: UseRealtimeRunsWithTagOptions,
): UseRealtimeRunsInstance<TTask> {
  const spec = { hook: 'runsWithTag', tags: tagList(tag), createdAt: options?.createdAt } as const
  return useRealtime(spec, options, ({ runs, error }) => ({ runs: runs as RealtimeRun<TTask>[], error }))
}

/** The tags, without those that are empty: they would match every run. */
export const tagList = (tag: string | string[] | undefined) => [tag ?? []].flat().filter(Boolean)
