import type { AnyTask, RealtimeRun, RunStatus, SerializedError, TaskTypes } from './realtimeRun.js'

/** A run as the API describes it. */
export type RetrieveRunResult<TTask> = Prettify<
  RetrievedRun & { output?: TaskTypes<TTask>['output']; payload?: TaskTypes<TTask>['payload'] }
>

type Prettify<T> = { [K in keyof T]: T[K] } & {}

interface RetrievedRun extends RelatedRun {
  payloadPresignedUrl?: string | undefined
  outputPresignedUrl?: string | undefined
  error?: SerializedError | undefined
  schedule?:
    | {
        id: string
        externalId?: string | undefined
        deduplicationKey?: string | undefined
        generator: { type: 'CRON'; expression: string; description: string }
      }
    | undefined
  relatedRuns: {
    root?: Prettify<RelatedRun> | undefined
    parent?: Prettify<RelatedRun> | undefined
    children?: Prettify<RelatedRun>[] | undefined
  }
  attemptCount: number
}

interface RelatedRun extends Pick<RealtimeRun<AnyTask>, 'id' | Flag> {
  status: RunStatus
  taskIdentifier: string
  idempotencyKey?: string | undefined
  version?: string | undefined
  isTest: boolean
  createdAt: Date
  updatedAt: Date
  startedAt?: Date | undefined
  finishedAt?: Date | undefined
  delayedUntil?: Date | undefined
  ttl?: string | undefined
  expiredAt?: Date | undefined
  tags: string[]
  costInCents: number
  baseCostInCents: number
  durationMs: number
  metadata?: Record<string, any> | undefined
  taskKind?: string | undefined
  region?: string | undefined
  depth: number
  triggerFunction: 'trigger' | 'triggerAndWait' | 'batchTrigger' | 'batchTriggerAndWait'
  batchId?: string | undefined
}

type Flag = 'isQueued' | 'isExecuting' | 'isWaiting' | 'isCompleted' | 'isSuccess' | 'isFailed' | 'isCancelled'
