import { useRef, useState } from 'react'
import { call } from './call.js'
import { client } from './client.js'
import type { UseApiClientOptions } from './connection.js'
import type { CallSpec } from './protocol.js'
import { useConnection } from './useConnection.js'

interface State {
  isLoading: boolean
  result: unknown
  error: Error | undefined
}

/** Shows the latest call of a hook: a result stays until there is another one. `submit` never throws. */
export function useCall(spec: CallSpec, options?: UseApiClientOptions): State & { submit: (body: () => object) => void } {
  const connection = useConnection(options)
  const [state, setState] = useState<State>({ isLoading: false, result: undefined, error: undefined })
  const calls = useRef(0)

  const submit = (body: () => object) => {
    const number = ++calls.current
    const show = (change: Partial<State>) => {
      if (number === calls.current) setState((state) => ({ ...state, ...change }))
    }
    show({ isLoading: true })
    call(client, spec, connection, body).then(
      ({ result }) => show({ isLoading: false, result, error: undefined }),
      (error: Error) => show({ isLoading: false, error }),
    )
  }
  return { ...state, submit }
}
