// Structural twins of the types of @trigger.dev/core, so that a task of @trigger.dev/sdk says what its runs hold
// without a dependency on it. test/types.test-d.ts compares them.

/** Any task of `@trigger.dev/sdk`, by the parts that say what goes in and what comes out. */
export interface AnyTask {
  id: string
  trigger: (payload: any, ...rest: any[]) => Promise<unknown>
  triggerAndWait: (payload: any, ...rest: any[]) => { unwrap(): Promise<any> }
}

/** What the type of a task says of its runs. */
export type TaskTypes<TTask> = TTask extends {
  id: infer TIdentifier extends string
  trigger: (payload: infer TPayload, ...rest: any[]) => unknown
  triggerAndWait: (...args: any[]) => { unwrap(): Promise<infer TOutput> }
}
  ? { taskIdentifier: TIdentifier; payload: TPayload; output: TOutput }
  : { taskIdentifier: string; payload: any; output: any }

export type TaskIdentifier<TTask extends AnyTask> = TaskTypes<TTask>['taskIdentifier']
export type TaskPayload<TTask extends AnyTask> = TaskTypes<TTask>['payload']

/** A run as realtime describes it. A union of tasks gives a union of runs, told apart by `taskIdentifier`. */
export type RealtimeRun<TTask extends AnyTask> = RunShape<TaskTypes<TTask>>

type RunShape<T extends { taskIdentifier: string; payload: unknown; output: unknown }> = T extends unknown
  ? {
      id: string
      taskIdentifier: T['taskIdentifier']
      payload: T['payload']
      output?: T['output']
      createdAt: Date
      updatedAt: Date
      status: RunStatus
      durationMs: number
      costInCents: number
      baseCostInCents: number
      tags: string[]
      idempotencyKey?: string
      expiredAt?: Date
      ttl?: string
      finishedAt?: Date
      startedAt?: Date
      delayedUntil?: Date
      queuedAt?: Date
      metadata?: Record<string, DeserializedJson>
      error?: SerializedError
      isTest: boolean
      isQueued: boolean
      isExecuting: boolean
      isWaiting: boolean
      isCompleted: boolean
      isFailed: boolean
      isSuccess: boolean
      isCancelled: boolean
      realtimeStreams: string[]
    }
  : never

export type RunStatus =
  | 'PENDING_VERSION'
  | 'QUEUED'
  | 'DEQUEUED'
  | 'EXECUTING'
  | 'WAITING'
  | 'COMPLETED'
  | 'CANCELED'
  | 'FAILED'
  | 'CRASHED'
  | 'SYSTEM_FAILURE'
  | 'DELAYED'
  | 'EXPIRED'
  | 'TIMED_OUT'

export type SerializedError = {
  message: string
  name?: string | undefined
  stackTrace?: string | undefined
  causes?: { message: string; name?: string | undefined; stackTrace?: string | undefined }[] | undefined
}

export type DeserializedJson =
  | string
  | number
  | boolean
  | null
  | { [key: string]: DeserializedJson }
  | DeserializedJson[]

/** The columns of a run that a subscription can do without. */
export type RealtimeRunSkipColumns = (
  | 'startedAt'
  | 'delayUntil'
  | 'queuedAt'
  | 'expiredAt'
  | 'completedAt'
  | 'number'
  | 'isTest'
  | 'usageDurationMs'
  | 'costInCents'
  | 'baseCostInCents'
  | 'ttl'
  | 'payload'
  | 'payloadType'
  | 'metadata'
  | 'output'
  | 'outputType'
  | 'runTags'
  | 'error'
)[]
