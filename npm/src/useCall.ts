import { useEffect, useState, useSyncExternalStore } from 'react'
import { Caller } from './caller.js'
import { client } from './client.js'
import type { UseApiClientOptions } from './connection.js'
import type { CallSpec } from './protocol.js'
import { emptySnapshot } from './scope.js'
import { useConnection } from './useConnection.js'

interface Call {
  isLoading: boolean
  result: unknown
  error: Error | undefined
  /** Makes a call. Never throws. */
  submit: (body: () => object) => void
}

/** Shows the newest call of a hook: a result stays until there is another one, also when `spec` changes. */
export function useCall(spec: CallSpec, options?: UseApiClientOptions): Call {
  const connection = useConnection(options)
  const [caller, setCaller] = useState(() => new Caller(client, spec))
  const { scope } = caller
  const { loading = false, result, error } = useSyncExternalStore(scope.subscribe, scope.getSnapshot, () => emptySnapshot)
  useEffect(caller.mount, [caller])

  const submit = (body: () => object) => {
    const isSame = JSON.stringify(spec) === JSON.stringify(scope.spec)
    const next = isSame ? caller : new Caller(client, spec, scope.getSnapshot())
    setCaller(next)
    next.submit(body, connection)
  }
  return { isLoading: loading, result, error, submit }
}
