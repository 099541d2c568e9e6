import type { UseApiClientOptions } from '../connection.js'
import type { AnyTask, TaskIdentifier, TaskPayload } from '../realtimeRun.js'
import { triggerBody } from '../taskTrigger.js'
import type { RunHandle, TriggerOptions } from '../taskTrigger.js'
import { useCall } from '../useCall.js'

export interface TriggerInstance<TTask extends AnyTask> {
  /** Function to submit the task with a payload */
  submit: (payload: TaskPayload<TTask>, options?: TriggerOptions) => void
  /** Whether the task is currently being submitted */
  isLoading: boolean
  /** The handle returned after successful task submission */
  handle?: RunHandle<TTask>
  /** Any error that occurred during submission */
  error?: Error
}

export type UseTaskTriggerOptions = UseApiClientOptions

/**
 * Hook to trigger a task. An error of `submit` is shown as `error`.
 *
 * @example
 * ```ts
 * import type { myTask } from './path/to/task';
 * const { submit, isLoading, handle, error } = useTaskTrigger<typeof myTask>('my-task-id');
 *
 * submit({ foo: 'bar' });
 * ```
 */
export function useTaskTrigger<TTask extends AnyTask>(
  id: TaskIdentifier<TTask>,
  options?: UseTaskTriggerOptions,
): TriggerInstance<TTask> {
  const { submit, isLoading, result, error } = useCall({ hook: 'trigger', taskId: id }, options)
  return {
    submit: (payload, options) => submit(() => triggerBody(id, payload, options)),
    isLoading,
    handle: result,
    error,
  } as TriggerInstance<TTask>
}
