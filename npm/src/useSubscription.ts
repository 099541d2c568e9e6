import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { client } from './client.js'
import { useTriggerAuthContextOptional } from './context.js'
import type { UseApiClientOptions } from './context.js'
import type { Options, Spec } from './protocol.js'
import { emptySnapshot } from './scope.js'
import type { Snapshot } from './scope.js'
import { Subscriber } from './subscriber.js'
import type { Callbacks } from './subscriber.js'

/** Every option that any hook has. */
export interface HookOptions extends UseApiClientOptions, Callbacks {
  id?: string
  throttleInMs?: number
  stopOnCompletion?: boolean
  skipColumns?: string[]
  timeoutInSeconds?: number
  startIndex?: number
  lastEventId?: string | number
  from?: 'beginning' | 'latest'
}

/** Follows what `spec` names for as long as the component is mounted, and returns what there is to show. */
export function useSubscription(spec: Spec, options: HookOptions = {}): Snapshot & { stop: () => void } {
  const wireOptions = useWireOptions(options)
  const [subscriber] = useState(() => new Subscriber(client))

  const id = options.id ?? undefined
  // The text stands for the spec, which is a new object at every render.
  const scope = useMemo(() => client.scope(id, spec), [id, JSON.stringify(spec)])
  const snapshot = useSyncExternalStore(scope.subscribe, scope.getSnapshot, () => emptySnapshot)

  useEffect(() => {
    subscriber.configure(wireOptions, options)
    subscriber.complete(snapshot)
  })

  const open = options.enabled !== false && Boolean(spec.runId)
  useEffect(() => {
    if (!open) return
    subscriber.open(scope)
    return () => subscriber.close()
  }, [subscriber, scope, open])

  return { ...snapshot, stop: subscriber.stop }
}

function useWireOptions(options: HookOptions): Options {
  const auth = useTriggerAuthContextOptional()
  const accessToken = options.accessToken ?? auth.accessToken
  if (!accessToken && options.enabled !== false) {
    throw new Error('Missing accessToken in TriggerAuthContext or useApiClient options')
  }
  return {
    accessToken,
    baseURL: options.baseURL ?? auth.baseURL,
    previewBranch: options.previewBranch ?? auth.previewBranch,
    throttleInMs: options.throttleInMs,
    stopOnCompletion: options.stopOnCompletion,
    skipColumns: options.skipColumns,
    timeoutInSeconds: options.timeoutInSeconds,
    startIndex: options.startIndex,
    lastEventId: options.lastEventId === undefined ? undefined : String(options.lastEventId),
    from: options.from,
    onData: options.onData && true,
  }
}
