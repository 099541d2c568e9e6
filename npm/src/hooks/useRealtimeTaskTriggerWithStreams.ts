import type { AnyTask, TaskIdentifier } from '../realtimeRun.js'
import { useRealtimeRunWithStreams } from './useRealtimeRunWithStreams.js'
import type { UseRealtimeRunWithStreamsInstance } from './useRealtimeRunWithStreams.js'
import { triggeredRun } from './useRealtimeTaskTrigger.js'
import type { UseRealtimeTaskTriggerOptions } from './useRealtimeTaskTrigger.js'
import { useTaskTrigger } from './useTaskTrigger.js'
import type { TriggerInstance } from './useTaskTrigger.js'

export type RealtimeTriggerInstanceWithStreams<
  TTask extends AnyTask,
  TStreams extends Record<string, any> = Record<string, any>,
> = UseRealtimeRunWithStreamsInstance<TTask, TStreams> & Pick<TriggerInstance<TTask>, 'submit' | 'isLoading' | 'handle'>

/**
 * Hook to trigger a task and subscribe to realtime updates of the run and of all its streams.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { submit, run, streams, error } = useRealtimeTaskTriggerWithStreams<typeof myTask, {
 *   output: string;
 * }>('my-task-id');
 *
 * submit({ foo: 'bar' });
 * ```
 */
export function useRealtimeTaskTriggerWithStreams<
  TTask extends AnyTask,
  TStreams extends Record<string, any> = Record<string, any>,
>(
  id: TaskIdentifier<TTask>,
  options?: UseRealtimeTaskTriggerOptions,
): RealtimeTriggerInstanceWithStreams<TTask, TStreams> {
  const trigger = useTaskTrigger<TTask>(id, options)
  const realtime = useRealtimeRunWithStreams<TTask, TStreams>(...triggeredRun(trigger, options))
  return Object.assign(realtime, trigger, { error: realtime.error ?? trigger.error })
}
