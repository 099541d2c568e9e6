import type { Client } from './client.js'
import type { Connection } from './connection.js'
import type { CallSpec, Spec } from './protocol.js'
import type { Snapshot } from './scope.js'

/** Does something once and resolves with what there is to show of it then. `body` is what is submitted; it may throw. */
export async function call(
  client: Client,
  spec: CallSpec | Extract<Spec, { hook: 'retrieve' }>,
  { options, refreshAccessToken }: Connection,
  body?: () => object,
): Promise<Snapshot> {
  const submit = body && { request: requestId(), body: clone(body()) }
  return new Promise((resolve, reject) => {
    const scope = client.scope(undefined, spec)
    const unsubscribe = scope.subscribe(() => {
      const snapshot = scope.getSnapshot()
      if (snapshot.loading) return
      client.close(sub)
      unsubscribe()
      if (snapshot.error) reject(snapshot.error)
      else resolve(snapshot)
    })
    const sub = client.open({ scope, options, submit, refreshAccessToken })
  })
}

// What is submitted is what it was at the call, and what JSON cannot say fails the call and not the port.
const clone = (body: object) => JSON.parse(JSON.stringify(body)) as object

const requestId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
