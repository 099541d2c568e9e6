import type { UseApiClientOptions } from '../connection.js'
import type { SSEStreamPart } from '../streamPart.js'
import { useRealtime } from '../useRealtime.js'
import type { RealtimeConnection } from '../useRealtime.js'
import type { HookOptions } from '../useSubscription.js'

/** A stream of `streams.define()`, by the parts that say what it is and what it carries. */
export interface RealtimeDefinedStream<TPart> {
  id: string
  append: (value: TPart, ...rest: any[]) => Promise<void>
}

export type InferStreamType<T> = T extends RealtimeDefinedStream<infer TPart> ? TPart : unknown

export type UseRealtimeStreamInstance<TPart> = RealtimeConnection & {
  parts: Array<TPart>
  /**
   * The event id of the last part seen. Persist this (e.g. to localStorage) and pass it back as the `lastEventId`
   * option to resume the stream where you left off after a page reload. Updated on each throttled flush.
   */
  lastEventId: string | undefined
  error: Error | undefined
  /** Abort the current request immediately. What is shown stays. */
  stop: () => void
}

export type UseRealtimeStreamOptions<TPart> = UseApiClientOptions & {
  id?: string
  enabled?: boolean
  /**
   * The number of milliseconds to throttle the stream updates.
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
  /**
   * The index to start reading from.
   * If not provided, the stream will start from the beginning.
   * @default 0
   */
  startIndex?: number
  /**
   * The event id to resume from, as returned in `lastEventId`. Takes precedence over `startIndex` and `from`.
   */
  lastEventId?: string | number
  /**
   * Where a fresh subscription starts reading.
   *
   * - `"beginning"` (default): replay the full stream history, then live-tail.
   * - `"latest"`: start at the current tail (the latest record, then live updates) instead of replaying history.
   *
   * Ignored when `startIndex` is set (which pins an absolute start position).
   */
  from?: 'beginning' | 'latest'
  /**
   * Cap the number of parts in `parts` to the newest. Use `maxParts: 1` together with `from: "latest"` for a last-value
   * view with bounded memory. When unset, `parts` has every part.
   */
  maxParts?: number
  /** Called with every part, once and in order. */
  onData?: (data: TPart) => void
  /**
   * Called once per throttled update with the parts that are new in it, each with its event `id`, `chunk` and
   * `timestamp`. Use it to track the resume cursor without a render for every part.
   */
  onParts?: (parts: Array<SSEStreamPart<TPart>>) => void
}

/**
 * Hook to read a stream of a run: one of `streams.define()`, one named by its key, or the one with the key `"default"`.
 *
 * @example
 * ```ts
 * const { parts, error, stop } = useRealtimeStream<string>(runId, 'my-stream');
 * ```
 */
export function useRealtimeStream<TDefinedStream extends RealtimeDefinedStream<any>>(
  stream: TDefinedStream,
  runId: string,
  options?: UseRealtimeStreamOptions<InferStreamType<TDefinedStream>>,
): UseRealtimeStreamInstance<InferStreamType<TDefinedStream>>
export function useRealtimeStream<TPart>(
  runId: string,
  streamKey: string,
  options?: UseRealtimeStreamOptions<TPart>,
): UseRealtimeStreamInstance<TPart>
export function useRealtimeStream<TPart>(
  runId: string,
  options?: UseRealtimeStreamOptions<TPart>,
): UseRealtimeStreamInstance<TPart>
export function useRealtimeStream(
  first: string | RealtimeDefinedStream<any>,
  second?: string | UseRealtimeStreamOptions<any>,
  third?: UseRealtimeStreamOptions<any>,
): UseRealtimeStreamInstance<any> {
  const { runId, streamKey, options } = streamArguments(first, second, third)
  return useRealtime({ hook: 'stream', runId, streamKey }, options as HookOptions, ({ parts, lastEventId, error }) => ({
    parts: parts as unknown[],
    lastEventId,
    error,
  }))
}

// Untyped callers pass no run id at first: that is an idle hook, not a defined stream.
function streamArguments<TOptions>(
  first: string | { id: string } | null | undefined,
  second: string | TOptions | undefined,
  third: TOptions | undefined,
): { runId: string; streamKey: string; options: TOptions | undefined } {
  if (first && typeof first !== 'string') {
    if (typeof second === 'string') return { runId: second, streamKey: first.id, options: third }
    throw new Error(
      'Invalid second argument to useRealtimeStream. When using a defined stream instance, the second argument to useRealtimeStream must be a run ID.',
    )
  }
  return typeof second === 'string'
    ? { runId: first ?? '', streamKey: second, options: third }
    : { runId: first ?? '', streamKey: 'default', options: second }
}
