import type { Client } from './client.js'

const name = Symbol.for('@runwire/react-hooks')
const page = globalThis as { [name]?: Client }

/** Lets code that was bundled apart from the client, such as the entry ./devtools, find it. */
export const register = (client: Client): Client => (page[name] = client)

/** The client that the page has loaded last. */
export const registered = (): Client | undefined => page[name]
