import type { Client, Subscription } from './client.js'
import type { Options } from './protocol.js'
import type { StreamReplica } from './replica.js'
import type { Scope, Snapshot } from './scope.js'

/** The user's functions, which cannot cross to the runtime. */
export interface Callbacks {
  onComplete?(run: unknown, error?: Error): void
  onData?(part: unknown): void
}

/** What one mounted hook holds from render to render: its open subscription, its options and its callbacks. */
export class Subscriber implements Subscription {
  readonly #client: Client
  #sub: number | undefined
  #scope: Scope | undefined
  #options: Options = {}
  #callbacks: Callbacks = {}
  #delivered = 0
  readonly #completed = new Set<string>()
  stopped = false

  constructor(client: Client) {
    this.#client = client
  }

  get scope(): Scope {
    return this.#scope!
  }

  get options(): Options {
    return this.#options
  }

  /** Takes the options and callbacks of a committed render. An open subscription goes on with them. */
  configure(options: Options, callbacks: Callbacks): void {
    this.#callbacks = callbacks
    if (JSON.stringify(options) === JSON.stringify(this.#options)) return
    this.#options = options
    if (this.#sub !== undefined) this.#client.update(this.#sub, options)
  }

  open(scope: Scope): void {
    if (scope !== this.#scope) {
      // Parts that others with the same `id` have had already were not for this hook.
      this.#delivered = scope.getSnapshot().parts.length
      this.#scope = scope
    }
    this.stopped = false
    this.#sub = this.#client.open(this)
  }

  close(): void {
    if (this.#sub !== undefined) this.#client.close(this.#sub)
    this.#sub = undefined
  }

  readonly stop = (): void => {
    this.stopped = true
    if (this.#sub !== undefined) this.#client.stop(this.#sub)
  }

  deliver(stream: StreamReplica): void {
    const fresh = stream.since(this.#delivered)
    this.#delivered = stream.length
    for (const part of fresh) {
      try {
        this.#callbacks.onData?.(part)
      } catch (error) {
        // The user's mistake is reported as uncaught, and costs nobody a part.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  /** Calls `onComplete`, once for each run, when a commit shows that the run has completed. */
  complete({ run, error, completed }: Snapshot): void {
    const { onComplete } = this.#callbacks
    const { id } = (run ?? {}) as { id?: string }
    if (!completed || !id || !onComplete || this.#completed.has(id)) return
    this.#completed.add(id)
    onComplete(run, error)
  }
}
