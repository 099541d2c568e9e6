import { useRef, useSyncExternalStore } from 'react'
import type { ConnectionState, Spec } from './protocol.js'
import { connecting } from './scope.js'
import type { ConnectionStatus, Snapshot } from './scope.js'
import { useSubscription } from './useSubscription.js'
import type { HookOptions } from './useSubscription.js'

/**
 * How what a realtime hook shows is kept up to date. A component that reads one of these is rendered when one of them changes;
 * any other is not. They are always there, also where the type says that they may be absent: a test's imitation of a hook, or
 * code that was written for the original, need not have them. A copy of what the hook returns, such as `{ ...result }`,
 * has none.
 */
export type RealtimeConnection = {
  /**
   * - `connecting`: nothing has come yet, or nothing since an interruption
   * - `live`: what is shown is what there is
   * - `paused`: nobody looks at any page; it goes on with the first look
   * - `retrying`: the last request failed, and another follows at `retryAt`
   * - `offline`: the same, and the machine has no network
   * - `idle`: nothing is followed, or nothing more will come
   */
  connection?: ConnectionState
  /** Of `retrying` and `offline`: when the next request is due. */
  retryAt?: Date | undefined
  /** When data came last. */
  lastUpdateAt?: Date | undefined
}

/** Follows `spec`, and returns what `pick` takes of what there is to show, `stop`, and how it is connected. */
export function useRealtime<T extends object>(
  spec: Spec,
  options: HookOptions | undefined,
  pick: (shown: Snapshot) => T,
): T & { stop: () => void } & RealtimeConnection {
  const { snapshot, scope, open, stop } = useSubscription(spec, options)
  const { get, subscribe } = scope.status
  const reads = useRef(false)
  // Whoever has read nothing holds on to what there was at this render, and so is not rendered for what there is now.
  const now = get()
  const status = useSyncExternalStore(subscribe, () => (reads.current ? get() : now), () => connecting)
  const shown: ConnectionStatus = open ? status : { ...status, connection: 'idle', retryAt: undefined }

  const result = { ...pick(snapshot), stop }
  for (const name of ['connection', 'retryAt', 'lastUpdateAt'] as const) {
    // Not enumerable: whoever copies or compares the result reads what the original has.
    Object.defineProperty(result, name, {
      get: () => {
        reads.current = true
        return shown[name]
      },
    })
  }
  return result
}
