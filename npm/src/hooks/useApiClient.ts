import { ApiClient } from '../apiClient.js'
import { client } from '../client.js'
import type { UseApiClientOptions } from '../connection.js'
import { useConnection } from '../useConnection.js'

/**
 * Hook to make requests from event handlers. Without an access token it throws, or returns undefined with `enabled: false`.
 *
 * @example
 * ```ts
 * const apiClient = useApiClient({ accessToken, requestOptions: { retry: { maxAttempts: 10 } } });
 * const run = await apiClient?.retrieveRun(runId);
 * ```
 */
export function useApiClient(options?: UseApiClientOptions): ApiClient | undefined {
  const connection = useConnection(options)
  return connection.options.accessToken ? new ApiClient(client, connection) : undefined
}
