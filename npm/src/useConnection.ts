import { connection } from './connection.js'
import type { Connection, UseApiClientOptions } from './connection.js'
import { useTriggerAuthContextOptional } from './context.js'

/** The connection that a hook's options and its context ask for. Without an access token it throws, unless the hook is not enabled. */
export function useConnection(options: UseApiClientOptions = {}): Connection {
  const connected = connection(options, useTriggerAuthContextOptional())
  if (!connected.options.accessToken && options.enabled !== false) {
    throw new Error('Missing accessToken in TriggerAuthContext or useApiClient options')
  }
  return connected
}
