import type { UseApiClientOptions } from '../connection.js'
import { useCall } from '../useCall.js'

export interface WaitTokenInstance<TOutput> {
  /** Function to complete the waitpoint with an output */
  complete: (output: TOutput) => void
  /** Whether the waitpoint is currently being completed */
  isLoading: boolean
  /** Whether the waitpoint has been completed */
  isCompleted: boolean
  /** Any error that occurred during completion */
  error?: Error
  /** Whether the waitpoint is ready to be completed */
  isReady: boolean
}

/**
 * Hook to complete a wait token. An error of `complete` is shown as `error`.
 *
 * @example
 * ```ts
 * const { complete, isLoading, isCompleted, error } = useWaitToken('waitpoint-id');
 *
 * complete({ foo: 'bar' });
 * ```
 */
export function useWaitToken<TOutput>(waitpointId?: string, options?: UseApiClientOptions): WaitTokenInstance<TOutput> {
  const { submit, isLoading, result, error } = useCall({ hook: 'waitToken', waitpointId: waitpointId ?? '' }, options)
  return {
    complete: (output) => submit(() => ({ data: output })),
    isLoading,
    isCompleted: Boolean((result as { success?: boolean } | undefined)?.success),
    isReady: Boolean(waitpointId),
    error,
  } as WaitTokenInstance<TOutput>
}
