import type { UseApiClientOptions } from '../connection.js'
import type { ControlEvent, SSEStreamPart } from '../streamPart.js'
import { useRealtime } from '../useRealtime.js'
import type { RealtimeConnection } from '../useRealtime.js'
import type { HookOptions } from '../useSubscription.js'

export type UseSessionStreamInstance<TRecord> = RealtimeConnection & {
  /** The records received so far, in order of arrival, without the control records. */
  records: Array<TRecord>
  /** The cursor of the last record seen. Persist it and pass it back as the `lastEventId` option to resume. */
  lastEventId: string | undefined
  /** The last control record seen (e.g. `turn-complete`). */
  lastControl: ControlEvent | undefined
  error: Error | undefined
  /** Abort the current request immediately. What is shown stays. */
  stop: () => void
}

export type UseSessionStreamOptions<TRecord> = UseApiClientOptions & {
  id?: string
  enabled?: boolean
  /**
   * Which channel of the session to read.
   *
   * @default "out"
   */
  io?: 'out' | 'in'
  /**
   * The number of milliseconds to throttle the record updates.
   *
   * @default 16
   */
  throttleInMs?: number
  /**
   * The number of seconds to wait for new data to be available,
   * If no data arrives within the timeout, the stream will be closed.
   *
   * @default 60 seconds
   */
  timeoutInSeconds?: number
  /** The cursor to resume from. If not provided, the channel is read as `from` says. */
  lastEventId?: string | number
  /**
   * Where a fresh subscription starts reading.
   *
   * - `"beginning"` (default): replay the full channel history, then live-tail.
   * - `"latest"`: start at the current tail (the latest record, then live updates) instead of replaying history.
   *
   * Ignored when `lastEventId` is set.
   */
  from?: 'beginning' | 'latest'
  /** Cap the number of records in `records` to the newest. When unset, `records` has every record. */
  maxRecords?: number
  /** Called once per throttled update with the records that are new in it, control records included. */
  onRecords?: (records: Array<SSEStreamPart<TRecord>>) => void
  /** Called when a control record is received (e.g. `turn-complete`). */
  onControl?: (event: ControlEvent) => void
}

/**
 * Hook to read one channel of a session. Without a session id it stays idle.
 *
 * @example
 * ```ts
 * const { records, lastEventId } = useSessionStream<string>(sessionId, { accessToken });
 * ```
 */
export function useSessionStream<TRecord = unknown>(
  sessionIdOrExternalId?: string,
  options?: UseSessionStreamOptions<TRecord>,
): UseSessionStreamInstance<TRecord> {
  return useSession(sessionIdOrExternalId, undefined, options)
}

/** Reads one side of a session, or of a channel of it that has a name. */
export function useSession<TRecord>(
  sessionId: string | undefined,
  channel: string | undefined,
  { io = 'out', maxRecords, onRecords, onControl, ...options }: UseSessionStreamOptions<TRecord> = {},
): UseSessionStreamInstance<TRecord> {
  const spec = { hook: 'session', sessionId: sessionId ?? '', channel, io } as const
  const streamOptions = {
    ...options,
    maxParts: maxRecords,
    onParts: onRecords,
    // `onRecords` has the control records too.
    onControl: onControl ?? (onRecords && (() => {})),
  } as HookOptions
  return useRealtime(spec, streamOptions, ({ parts, lastEventId, control, error }) => ({
    records: parts as TRecord[],
    lastEventId,
    lastControl: control,
    error,
  }))
}
