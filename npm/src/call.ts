import type { Client } from './client.js'
import type { Connection } from './connection.js'
import type { CallSpec, Spec, Submit } from './protocol.js'
import type { Snapshot } from './scope.js'

/** Does something once and resolves with what there is to show of it then. `body` makes what is submitted. */
export async function call(
  client: Client,
  spec: CallSpec | Extract<Spec, { hook: 'retrieve' }>,
  { options, refreshAccessToken }: Connection,
  body?: () => object,
): Promise<Snapshot> {
  const submit = body && submission(body)
  return new Promise((resolve, reject) => {
    const scope = client.scope(undefined, spec)
    if (submit) scope.submit(submit)
    const unsubscribe = scope.subscribe(() => {
      const snapshot = scope.getSnapshot()
      if (snapshot.loading) return
      client.close(sub)
      unsubscribe()
      if (snapshot.error) reject(snapshot.error)
      else resolve(snapshot)
    })
    const sub = client.open({ scope, options, refreshAccessToken })
  })
}

let calls = 0

/**
 * What a call submits, as it is now, under a name that is greater than those before it. What JSON cannot say throws here: it
 * fails the call, and not the port.
 */
export function submission(body: () => object): Submit {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0'))
  const request = [String(calls++).padStart(8, '0'), ...random].join('')
  return { request, body: JSON.parse(JSON.stringify(body())) as object }
}
