import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { client } from './client.js'
import { accessName } from './connection.js'
import type { Connection, UseApiClientOptions } from './connection.js'
import type { Options, Spec } from './protocol.js'
import { emptySnapshot } from './scope.js'
import type { Scope, Snapshot } from './scope.js'
import { Subscriber } from './subscriber.js'
import type { Callbacks } from './subscriber.js'
import { useConnection } from './useConnection.js'

/** Every option that any hook has. */
export interface HookOptions extends UseApiClientOptions, Omit<Callbacks, 'refreshAccessToken'> {
  id?: string
  throttleInMs?: number
  experimental_throttleInMs?: number
  stopOnCompletion?: boolean
  skipColumns?: string[]
  timeoutInSeconds?: number
  startIndex?: number
  lastEventId?: string | number
  from?: 'beginning' | 'latest'
  maxParts?: number
  maxConcurrentStreams?: number
  refreshInterval?: number
  revalidateOnFocus?: boolean
  revalidateOnReconnect?: boolean
}

interface Subscribed {
  snapshot: Snapshot
  scope: Scope
  /** There is something to follow, and it is followed. */
  open: boolean
  stop: () => void
}

/** Follows what `spec` names for as long as the component is mounted, and returns what there is to show. */
export function useSubscription(spec: Spec, options: HookOptions = {}): Subscribed {
  const connection = useConnection(options)
  const [subscriber] = useState(() => new Subscriber(client))

  const id = scopeId(spec, options, connection)
  // The text stands for the spec, which is a new object at every render.
  const scope = useMemo(() => client.scope(id, spec), [id, JSON.stringify(spec)])
  const snapshot = useSyncExternalStore(scope.subscribe, scope.getSnapshot, () => emptySnapshot)

  useEffect(() => {
    const { refreshAccessToken } = connection
    subscriber.configure({ ...connection.options, ...wireOptions(options) }, { ...options, refreshAccessToken })
    subscriber.complete(snapshot)
  })

  const names = Object.values(spec).every((name: string | string[] | undefined) => name?.length !== 0)
  // `enabled` says of what is retrieved only whether it needs an access token, as in the original.
  const open = names && (options.enabled !== false || spec.hook === 'retrieve')
  useEffect(() => {
    if (!open) return
    subscriber.open(scope)
    return () => subscriber.close()
  }, [subscriber, scope, open])

  return { snapshot, scope, open, stop: subscriber.stop }
}

// What names the scope that hooks share.
function scopeId(spec: Spec, { id }: HookOptions, { options }: Connection): string | undefined {
  // A server renders the pages of many people, and shows none of them again.
  if (typeof document === 'undefined') return undefined
  // What was retrieved is for every hook with the same access: a new one shows it from its first render on.
  return spec.hook === 'retrieve' ? accessName(options) : (id ?? undefined)
}

function wireOptions(options: HookOptions): Options {
  return {
    throttleInMs: options.throttleInMs ?? options.experimental_throttleInMs,
    stopOnCompletion: options.stopOnCompletion,
    skipColumns: options.skipColumns,
    timeoutInSeconds: options.timeoutInSeconds,
    startIndex: options.startIndex,
    lastEventId: options.lastEventId === undefined ? undefined : String(options.lastEventId),
    from: options.from,
    maxParts: options.maxParts,
    maxConcurrentStreams: options.maxConcurrentStreams,
    refreshInterval: options.refreshInterval,
    revalidateOnFocus: options.revalidateOnFocus,
    revalidateOnReconnect: options.revalidateOnReconnect,
    onData: options.onData && true,
    onParts: options.onParts && true,
    onControl: options.onControl && true,
  }
}
