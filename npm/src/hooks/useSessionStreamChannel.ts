import { useSession } from './useSessionStream.js'
import type { UseSessionStreamInstance, UseSessionStreamOptions } from './useSessionStream.js'

/** A channel of `defineSessionChannel()`, by the parts that say what it is and what it carries. */
export type AnySessionChannel = { readonly name: string; readonly __shape?: { in?: unknown; out?: unknown } }

type ChannelRecord<TChannel extends AnySessionChannel, S extends 'in' | 'out'> = TChannel extends {
  readonly __shape?: infer TShape
}
  ? NonNullable<TShape> extends Record<S, infer TRecord>
    ? TRecord
    : unknown
  : never

export type UseSessionStreamChannelInstance<TRecord> = UseSessionStreamInstance<TRecord>

export type UseSessionStreamChannelOptions<TChannel extends AnySessionChannel, S extends 'in' | 'out'> = Omit<
  UseSessionStreamOptions<ChannelRecord<TChannel, S>>,
  'io'
> & {
  /** The id or external id of the session that owns the channel. The subscription starts once it is set. */
  sessionId?: string
  /**
   * Which side of the channel to read.
   *
   * @default "out"
   */
  io?: S
}

/**
 * Hook to read one side of a channel of a session, with record types inferred from a `defineSessionChannel` declaration.
 *
 * @example
 * ```ts
 * const { records } = useSessionStreamChannel<typeof screenshots>('screenshots', { sessionId, accessToken });
 * ```
 */
export function useSessionStreamChannel<
  TChannel extends AnySessionChannel = AnySessionChannel,
  S extends 'in' | 'out' = 'out',
>(
  channel: TChannel['name'],
  { sessionId, ...options }: UseSessionStreamChannelOptions<TChannel, S>,
): UseSessionStreamChannelInstance<ChannelRecord<TChannel, S>> {
  return useSession(sessionId, channel, options)
}
