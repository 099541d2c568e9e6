import { connection } from './connection.js'
import type { Connection, UseApiClientOptions } from './connection.js'
import { useTriggerAuthContextOptional } from './context.js'

/** The connection that a hook's options and its context ask for. Throws without an access token, unless `enabled` is false. */
export function useConnection(options: UseApiClientOptions = {}): Connection {
  const connected = connection(options, useTriggerAuthContextOptional())
  if (!connected.options.accessToken && options.enabled !== false) {
    throw new Error('Missing accessToken in TriggerAuthContext or useApiClient options')
  }
  return connected
}
