// The app around an example: the names that it uses and does not import, and what it imports from the app's server.
import { useRealtimeRunWithStreams, useTriggerAuthContext } from '@trigger.dev/react-hooks'
import { createElement } from 'react'

/** How the app reaches the API. */
export let access: { accessToken: string; baseURL: string }

export function surround(given: typeof access, { runId, tag }: Record<string, unknown>): void {
  access = given
  Object.assign(globalThis, { runId, tag })
}

export const generatePublicAccessToken = async (runId: string) => `${access.accessToken} for ${runId}`

// Shows what a provider around it gives.
const Surrounded = ({ id = '' }) => createElement('p', null, `${id} ${JSON.stringify(useTriggerAuthContext())}`)

Object.assign(globalThis, {
  MyComponent: Surrounded,
  RunDetails: Surrounded,
  cookies: () => ({ get: () => access.accessToken }),
  useRealtimeRunWithStreams,
})
