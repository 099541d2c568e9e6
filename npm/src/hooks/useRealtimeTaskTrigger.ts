import type { AnyTask, RealtimeRunSkipColumns, TaskIdentifier } from '../realtimeRun.js'
import { useRealtimeRun } from './useRealtimeRun.js'
import type { UseRealtimeRunInstance } from './useRealtimeRun.js'
import { useTaskTrigger } from './useTaskTrigger.js'
import type { TriggerInstance, UseTaskTriggerOptions } from './useTaskTrigger.js'

export type UseRealtimeTaskTriggerOptions = UseTaskTriggerOptions & {
  /** Whether the realtime subscription is enabled */
  enabled?: boolean
  /** The number of milliseconds to throttle the stream updates. */
  experimental_throttleInMs?: number
  /**
   * Skip columns from the subscription.
   *
   * @default []
   */
  skipColumns?: RealtimeRunSkipColumns
}

export type RealtimeTriggerInstance<TTask extends AnyTask> = UseRealtimeRunInstance<TTask> &
  Pick<TriggerInstance<TTask>, 'submit' | 'isLoading' | 'handle'>

/**
 * Hook to trigger a task and subscribe to realtime updates of the run.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { submit, run, error, stop } = useRealtimeTaskTrigger<typeof myTask>('my-task-id');
 *
 * submit({ foo: 'bar' });
 * ```
 */
export function useRealtimeTaskTrigger<TTask extends AnyTask>(
  id: TaskIdentifier<TTask>,
  options?: UseRealtimeTaskTriggerOptions,
): RealtimeTriggerInstance<TTask> {
  const trigger = useTaskTrigger<TTask>(id, options)
  const realtime = useRealtimeRun<TTask>(...triggeredRun(trigger, options))
  return Object.assign(realtime, trigger, { error: realtime.error ?? trigger.error })
}

/** What follows the run that was triggered last: its token reads it, and its id names what is shown of it. */
export function triggeredRun<TOptions extends UseRealtimeTaskTriggerOptions>(
  { handle }: { handle?: { id: string; publicAccessToken: string } },
  options: TOptions | undefined,
): [runId: string | undefined, options: TOptions] {
  const { id, publicAccessToken: accessToken = options?.accessToken } = handle ?? {}
  return [id, { ...options, id, accessToken } as unknown as TOptions]
}
