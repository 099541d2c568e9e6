import type { AnyTask, RealtimeRun } from '../realtimeRun.js'
import { useRealtime } from '../useRealtime.js'
import type { RealtimeConnection } from '../useRealtime.js'
import { tagList } from './useRealtimeRunsWithTag.js'
import type { UseRealtimeRunsWithTagOptions } from './useRealtimeRunsWithTag.js'
import type { StreamOptions, StreamResults } from './useRealtimeRunWithStreams.js'

export type UseRealtimeRunsWithStreamsOptions = UseRealtimeRunsWithTagOptions &
  StreamOptions & {
    /**
     * How many streams are read at once, those of the newest runs first. Each takes a connection.
     *
     * @default 6
     */
    maxConcurrentStreams?: number
  }

export type UseRealtimeRunsWithStreamsInstance<
  TTask extends AnyTask = AnyTask,
  TStreams extends Record<string, any> = Record<string, any>,
> = RealtimeConnection & {
  runs: RealtimeRun<TTask>[]
  /** By run id. A run is absent until it has a stream. */
  streams: Record<string, StreamResults<TStreams>>
  error: Error | undefined
  /** Abort the current requests immediately. What is shown stays. */
  stop: () => void
}

/**
 * Hook to subscribe to realtime updates of the runs that have all of the tags, and of all their streams.
 *
 * @example
 * ```ts
 * const { runs, streams } = useRealtimeRunsWithStreams<typeof myTask, { openai: string }>('my-tag');
 * const text = streams[runs[0].id]?.openai.join('');
 * ```
 */
export function useRealtimeRunsWithStreams<
  TTask extends AnyTask = AnyTask,
  TStreams extends Record<string, any> = Record<string, any>,
>(
  tag: string | string[],
  options?: UseRealtimeRunsWithStreamsOptions,
): UseRealtimeRunsWithStreamsInstance<TTask, TStreams> {
  const spec = { hook: 'runsWithStreams', tags: tagList(tag), createdAt: options?.createdAt } as const
  return useRealtime(spec, options, ({ runs, runStreams, error }) => ({
    runs: runs as RealtimeRun<TTask>[],
    streams: runStreams as Record<string, StreamResults<TStreams>>,
    error,
  }))
}
