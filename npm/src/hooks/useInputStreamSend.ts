import type { UseApiClientOptions } from '../connection.js'
import { useCall } from '../useCall.js'
import { useConnection } from '../useConnection.js'

export interface InputStreamSendInstance<TData> {
  /** Send data to the input stream */
  send: (data: TData) => void
  /** Whether a send is currently in progress */
  isLoading: boolean
  /** Any error that occurred during the last send */
  error?: Error
  /** Whether the hook is ready to send (has runId and access token) */
  isReady: boolean
}

/**
 * Hook to send data to an input stream of a run. An error of `send` is shown as `error`.
 *
 * @example
 * ```ts
 * const { send, isLoading } = useInputStreamSend('my-stream', runId, { accessToken });
 *
 * send({ message: 'hello' });
 * ```
 */
export function useInputStreamSend<TData>(
  streamId: string,
  runId?: string,
  options?: UseApiClientOptions,
): InputStreamSendInstance<TData> {
  const { accessToken } = useConnection(options).options
  const { submit, isLoading, error } = useCall({ hook: 'inputStream', runId: runId ?? '', streamId }, options)
  return {
    send: (data) => submit(() => ({ data })),
    isLoading,
    isReady: Boolean(runId && accessToken),
    error,
  } as InputStreamSendInstance<TData>
}
