import { submission } from './call.js'
import type { Client, Subscription } from './client.js'
import type { Connection } from './connection.js'
import type { CallSpec } from './protocol.js'
import type { Scope, Snapshot } from './scope.js'

/** The calls that a hook makes of one spec, over one subscription: the first call opens it, unmounting closes it. */
export class Caller implements Subscription {
  readonly scope: Scope
  readonly #client: Client
  #connection: Connection = { options: {}, refreshAccessToken: undefined }
  #mounted = false
  #sub: number | undefined

  /** `shown` is what there is to show until the first call. */
  constructor(client: Client, spec: CallSpec, shown?: Snapshot) {
    this.#client = client
    this.scope = client.scope(undefined, spec, shown)
  }

  get options() {
    return this.#connection.options
  }

  get refreshAccessToken() {
    return this.#connection.refreshAccessToken
  }

  /** Keeps the subscription between calls, until the returned function is called. */
  readonly mount = () => {
    this.#mounted = true
    return () => {
      this.#mounted = false
      this.#close()
    }
  }

  /** Makes a call. Never throws: an error is shown. */
  submit(body: () => object, connection: Connection): void {
    this.#connection = connection
    try {
      const submit = submission(body)
      this.scope.submit(submit)
      if (this.#sub === undefined) this.#sub = this.#client.open(this)
      else this.#client.submit(this.#sub, submit)
    } catch (error) {
      this.scope.fail(error as Error)
    }
    if (!this.#mounted) this.#close()
  }

  #close(): void {
    if (this.#sub !== undefined) this.#client.close(this.#sub)
    this.#sub = undefined
  }
}
