import type { UseApiClientOptions } from '../connection.js'
import type { AnyTask } from '../realtimeRun.js'
import type { RetrieveRunResult } from '../retrievedRun.js'
import { emptySnapshot } from '../scope.js'
import { useSubscription } from '../useSubscription.js'

export type CommonTriggerHookOptions = UseApiClientOptions & {
  /**
   * Poll for updates at the specified interval (in milliseconds). Polling is not recommended for most use-cases. Use
   * the Realtime hooks instead.
   */
  refreshInterval?: number
  /** Revalidate the data when the browser regains a network connection. */
  revalidateOnReconnect?: boolean
  /** Revalidate the data when the window regains focus. */
  revalidateOnFocus?: boolean
}

/**
 * Hook to retrieve a run. Without a run id it stays idle.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { run, error, isLoading } = useRun<typeof myTask>(runId);
 * ```
 */
export function useRun<TTask extends AnyTask>(
  runId: string,
  options?: CommonTriggerHookOptions,
): {
  run: RetrieveRunResult<TTask> | undefined
  error: Error | undefined
  isLoading: boolean
  isValidating: boolean
  isError: boolean
} {
  const { snapshot } = useSubscription({ hook: 'retrieve', runId: runId ?? '' }, options)
  const { retrieved, error, loading, validating } = snapshot
  // Whoever renders before there is a run must see that it is on its way, from the first render on.
  const starts = Boolean(runId) && snapshot === emptySnapshot
  return {
    run: retrieved as RetrieveRunResult<TTask> | undefined,
    error,
    isLoading: (loading || starts) && retrieved === undefined,
    isValidating: validating || starts,
    isError: Boolean(error),
  }
}
