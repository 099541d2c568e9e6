// The entry ./client: the frontend functions of @trigger.dev/sdk, without React.

import { ApiClient } from './apiClient.js'
import { client } from './client.js'
import { connection } from './connection.js'
import type { ApiClientConfiguration, ApiRequestOptions } from './connection.js'
import type { AnyTask, RealtimeRun, RealtimeRunSkipColumns, TaskIdentifier, TaskPayload } from './realtimeRun.js'
import type { RetrieveRunResult } from './retrievedRun.js'
import type { AsyncIterableStream, RunSubscription } from './runSubscription.js'
import { preload } from './runtime.js'
import { triggerBody } from './taskTrigger.js'
import type { RunHandle, TriggerOptions } from './taskTrigger.js'

export { configureRuntime } from './runtime.js'
export type { ApiClientConfiguration, ApiRequestOptions } from './connection.js'
export type { RealtimeRun } from './realtimeRun.js'
export type { RetrieveRunResult } from './retrievedRun.js'
export type { RunSubscription, RunSubscriptionSnapshot, RunWithStreamsResult } from './runSubscription.js'
export type { RuntimeOptions } from './runtime.js'
export type { RunHandle, TriggerOptions } from './taskTrigger.js'

type Handle = { id: string }
type RunId<TRunId> = TRunId extends AnyTask ? string : TRunId extends string | Handle ? TRunId : never
type TaskOf<TRunId> = TRunId extends AnyTask ? TRunId : AnyTask

let configuration: ApiClientConfiguration = {}

/** Sets how every later request reaches the API, in the place of what was set before. */
export function configure(options: ApiClientConfiguration): void {
  configuration = options
}

export const auth = {
  configure,

  /** Calls `fn` with `config` over the present configuration, which is back when what `fn` returns has settled. */
  async withAuth<R extends (...args: any[]) => Promise<any>>(config: ApiClientConfiguration, fn: R): Promise<ReturnType<R>> {
    const before = configuration
    configuration = { ...before, ...config }
    try {
      return await fn()
    } finally {
      configuration = before
    }
  },
}

export const runs = {
  retrieve<TRunId extends AnyTask | Handle | string>(
    runId: RunId<TRunId>,
    requestOptions?: ApiRequestOptions,
  ): Promise<RetrieveRunResult<TaskOf<TRunId>>> {
    return api().retrieveRun(idOf(runId), requestOptions) as Promise<RetrieveRunResult<TaskOf<TRunId>>>
  },

  /** Follows a run: `for await (const run of runs.subscribeToRun(id))`. */
  subscribeToRun<TRunId extends AnyTask | Handle | string>(
    runId: RunId<TRunId>,
    options: { stopOnCompletion?: boolean; skipColumns?: RealtimeRunSkipColumns; signal?: AbortSignal } = {},
  ): RunSubscription<RealtimeRun<TaskOf<TRunId>>> {
    const { stopOnCompletion = true, ...rest } = options
    return api().subscribeToRun(idOf(runId), { ...rest, closeOnComplete: stopOnCompletion })
  },

  /** Follows the runs that have all of the tags. It ends with `unsubscribe()`, its signal, or a `break`. */
  subscribeToRunsWithTag<TTask extends AnyTask>(
    tag: string | string[],
    filters?: { createdAt?: string; skipColumns?: RealtimeRunSkipColumns },
    options?: { signal?: AbortSignal },
  ): RunSubscription<RealtimeRun<TTask>> {
    return api().subscribeToRunsWithTag(tag, filters, options)
  },

  /** Follows the runs of a batch. It ends with `unsubscribe()` or a `break`. */
  subscribeToBatch<TTask extends AnyTask>(batchId: string): RunSubscription<RealtimeRun<TTask>> {
    return api().subscribeToBatch(batchId)
  },

  /** Reads a stream of a run, part by part. */
  fetchStream<T>(runId: string, streamKey: string): Promise<AsyncIterableStream<T>> {
    return api().fetchStream(runId, streamKey)
  },
}

export const tasks = {
  async trigger<TTask extends AnyTask>(
    id: TaskIdentifier<TTask>,
    payload: TaskPayload<TTask>,
    options?: TriggerOptions,
    requestOptions: ApiRequestOptions & { clientConfig?: ApiClientConfiguration } = {},
  ): Promise<RunHandle<TTask>> {
    const { clientConfig, ...request } = requestOptions
    const config = { ...configuration, ...clientConfig }
    const body = () => triggerBody(id, payload, { externalDeploymentId: config.externalDeploymentId, ...options })
    return api(config).submit({ hook: 'trigger', taskId: id }, body, request)
  },
}

function api(config = configuration): ApiClient {
  const { options, refreshAccessToken } = connection({}, config)
  if (!options.accessToken) {
    throw Object.assign(
      new Error('Set an access token first: auth.configure({ accessToken }) or auth.withAuth({ accessToken }, …)'),
      { name: 'ApiClientMissingError' },
    )
  }
  return new ApiClient(client, { options: { ...options, future: config.future }, refreshAccessToken })
}

const idOf = (run: string | Handle) => (typeof run === 'string' ? run : run.id)

if (typeof document !== 'undefined') queueMicrotask(preload)
