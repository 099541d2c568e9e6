import { encodePacket } from './packet.js'
import type { AnyTask, TaskIdentifier } from './realtimeRun.js'

/** The options of one run. */
export type TriggerOptions = {
  /** A run that was triggered with this key before is not triggered again. */
  idempotencyKey?: string | string[]
  /** How long the key counts, such as `"60s"`, `"5m"` or `"1h"`. */
  idempotencyKeyTTL?: string
  maxAttempts?: number
  queue?: string
  /** At most two named limits. */
  concurrency?: string | string[]
  concurrencyKey?: string
  /** When to run: a duration such as `"1h"`, or a time. */
  delay?: string | Date
  /** How long the run may wait to be started: a duration, or seconds. */
  ttl?: string | number
  /** Seconds by which the run goes before others. */
  priority?: number
  tags?: string | string[]
  metadata?: Record<string, SerializableJson>
  /** Seconds of CPU time. */
  maxDuration?: number
  machine?: 'micro' | 'small-1x' | 'small-2x' | 'medium-1x' | 'medium-2x' | 'large-1x' | 'large-2x'
  version?: string
  externalDeploymentId?: string
  region?: string
  debounce?: { key: string; delay: string; mode?: 'leading' | 'trailing'; maxDelay?: string }
}

type SerializableJson =
  | string
  | number
  | boolean
  | null
  | Date
  | undefined
  | symbol
  | { [key: string]: SerializableJson }
  | SerializableJson[]

/** What triggering returns. A task of `@trigger.dev/sdk` says the rest of its type: the brand of what the run holds. */
export type RunHandle<TTask extends AnyTask> = {
  id: string
  isCached?: boolean
  publicAccessToken: string
  taskIdentifier: TaskIdentifier<TTask>
} & Brand<TTask>

type Brand<TTask extends AnyTask> = TTask extends { trigger: (...args: any[]) => Promise<infer THandle> }
  ? THandle
  : unknown

/** The body of the call that triggers a task. Throws when the id or the payload cannot be sent. */
export function triggerBody(taskId: string, payload: unknown, options: object = {}) {
  try {
    encodeURIComponent(taskId)
  } catch {
    throw new Error(
      `Invalid task id ${JSON.stringify(taskId)}: it contains characters that cannot be encoded into a URL (for example an unpaired surrogate). Rename the task to use valid characters.`,
    )
  }
  const { type, data } = encodePacket(payload)
  return { payload: data, payloadType: type, options }
}
