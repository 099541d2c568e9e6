import { call } from './call.js'
import type { Client } from './client.js'
import type { ApiRequestOptions, Connection } from './connection.js'
import type { CallSpec, Options } from './protocol.js'
import type { AnyTask, RealtimeRun } from './realtimeRun.js'
import type { RetrieveRunResult } from './retrievedRun.js'
import { readSnapshots, RunSubscription } from './runSubscription.js'
import type { AsyncIterableStream } from './runSubscription.js'

/** What a handle has without the type of a task. */
export interface TriggeredRun {
  id: string
  isCached?: boolean
  publicAccessToken: string
  taskIdentifier: string
}

interface TriggerBody {
  payload?: unknown
  options?: { payloadType?: string | undefined; [option: string]: unknown } | undefined
}

/** The requests of a frontend: the methods of the original's client that its hooks and its documentation use there. */
export class ApiClient {
  readonly #client: Client
  readonly #connection: Connection

  constructor(client: Client, connection: Connection) {
    this.#client = client
    this.#connection = connection
  }

  async retrieveRun<TTask extends AnyTask = AnyTask>(
    runId: string,
    requestOptions?: ApiRequestOptions,
  ): Promise<RetrieveRunResult<TTask>> {
    const { retrieved } = await call(this.#client, { hook: 'retrieve', runId }, this.#with({ requestOptions }))
    return retrieved as RetrieveRunResult<TTask>
  }

  /** Triggers a task with a body as the API takes it: `payload` is encoded already, and `options.payloadType` says how. */
  triggerTask(
    taskId: string,
    { payload, options = {} }: TriggerBody,
    _clientOptions?: object,
    requestOptions?: ApiRequestOptions,
  ): Promise<TriggeredRun> {
    const { payloadType, lockToVersion: version, ...rest } = options
    const body = { payload, payloadType, options: { version, ...rest } }
    return this.submit({ hook: 'trigger', taskId }, () => body, requestOptions)
  }

  completeWaitpointToken(
    waitpointId: string,
    { data }: { data?: unknown },
    requestOptions?: ApiRequestOptions,
  ): Promise<{ success: true }> {
    return this.submit({ hook: 'waitToken', waitpointId }, () => ({ data }), requestOptions)
  }

  sendInputStream(
    runId: string,
    streamId: string,
    data: unknown,
    requestOptions?: ApiRequestOptions,
  ): Promise<{ ok: boolean }> {
    return this.submit({ hook: 'inputStream', runId, streamId }, () => ({ data }), requestOptions)
  }

  subscribeToRun<TTask extends AnyTask = AnyTask>(
    runId: string,
    options: { closeOnComplete?: boolean; skipColumns?: string[]; signal?: AbortSignal } = {},
  ): RunSubscription<RealtimeRun<TTask>> {
    const { closeOnComplete: stopOnCompletion, skipColumns, signal } = options
    const connection = this.#with({ stopOnCompletion, skipColumns })
    return new RunSubscription(this.#client, { hook: 'run', runId }, connection, signal)
  }

  subscribeToRunsWithTag<TTask extends AnyTask = AnyTask>(
    tag: string | string[],
    filters: { createdAt?: string; skipColumns?: string[] } = {},
    options: { signal?: AbortSignal } = {},
  ): RunSubscription<RealtimeRun<TTask>> {
    const spec = { hook: 'runsWithTag', tags: [tag].flat(), createdAt: filters.createdAt } as const
    return new RunSubscription(this.#client, spec, this.#with({ skipColumns: filters.skipColumns }), options.signal)
  }

  subscribeToBatch<TTask extends AnyTask = AnyTask>(
    batchId: string,
    options: { skipColumns?: string[]; signal?: AbortSignal } = {},
  ): RunSubscription<RealtimeRun<TTask>> {
    const connection = this.#with({ skipColumns: options.skipColumns })
    return new RunSubscription(this.#client, { hook: 'batch', batchId }, connection, options.signal)
  }

  async fetchStream<T>(
    runId: string,
    streamKey: string,
    options: { signal?: AbortSignal; timeoutInSeconds?: number; lastEventId?: string; from?: 'beginning' | 'latest' } = {},
  ): Promise<AsyncIterableStream<T>> {
    const { signal, ...start } = options
    const spec = { hook: 'stream', runId, streamKey } as const
    return readSnapshots(this.#client, spec, this.#with(start), signal, (shown, before) =>
      shown.parts.slice(before.parts.length) as T[],
    )
  }

  /**
   * Does what `body` says, once.
   *
   * @internal
   */
  async submit<T>(spec: CallSpec, body: () => object, requestOptions?: ApiRequestOptions): Promise<T> {
    const { result } = await call(this.#client, spec, this.#with({ requestOptions }), body)
    return result as T
  }

  #with({ requestOptions, ...more }: Options): Connection {
    const { options, refreshAccessToken } = this.#connection
    const merged = requestOptions ? { ...options.requestOptions, ...requestOptions } : options.requestOptions
    return { options: { ...options, ...more, requestOptions: merged }, refreshAccessToken }
  }
}
