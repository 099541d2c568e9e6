import type { Client, Subscription } from './client.js'
import type { Options } from './protocol.js'
import type { Scope, Snapshot } from './scope.js'
import type { ControlEvent, SSEStreamPart } from './streamPart.js'
import type { StreamReplica } from './streamReplica.js'

/** The user's functions, which cannot cross to the runtime. */
export interface Callbacks {
  onComplete?(run: unknown, error?: Error): void
  onData?(part: unknown): void
  onParts?(parts: SSEStreamPart[]): void
  onControl?(event: ControlEvent): void
  refreshAccessToken?: (() => Promise<string>) | undefined
}

/** What one mounted hook holds from render to render: its open subscription, its options and its callbacks. */
export class Subscriber implements Subscription {
  readonly #client: Client
  #sub: number | undefined
  #scope: Scope | undefined
  #unsubscribe = () => {}
  #options: Options = {}
  #callbacks: Callbacks = {}
  // How many parts `onData` and `onParts` have had, and the control records that `onParts` has not had.
  #delivered = 0
  #described = 0
  #controls: { at: number; part: SSEStreamPart }[] = []
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

  get refreshAccessToken() {
    return this.#callbacks.refreshAccessToken
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
      this.#delivered = this.#described = scope.stream?.length ?? 0
      this.#scope = scope
    }
    this.stopped = false
    this.#unsubscribe = scope.subscribe(() => this.#describe())
    this.#sub = this.#client.open(this)
  }

  close(): void {
    this.#unsubscribe()
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
    for (const part of fresh) uncaught(() => this.#callbacks.onData?.(part))
  }

  control(event: ControlEvent, at: number, part: SSEStreamPart | undefined): void {
    if (part) this.#controls.push({ at, part })
    uncaught(() => this.#callbacks.onControl?.(event))
  }

  /** Calls `onComplete`, once for each run, when a commit shows that the run has completed. */
  complete({ run, error, completed }: Snapshot): void {
    const { onComplete } = this.#callbacks
    const { id } = (run ?? {}) as { id?: string }
    if (!completed || !id || !onComplete || this.#completed.has(id)) return
    this.#completed.add(id)
    onComplete(run, error)
  }

  // Gives `onParts` what a view shows for the first time, in order, control records at their places.
  #describe(): void {
    const { onParts } = this.#callbacks
    if (!onParts) return
    const { stream } = this.scope
    const batch: SSEStreamPart[] = []
    const controls = this.#controls.splice(0)
    for (let next = 0, end = stream?.length ?? 0; ; ) {
      const control = controls[next]
      if (control && (control.at <= this.#described || this.#described >= end)) {
        batch.push(control.part)
        next++
      } else if (this.#described < end) {
        const part = stream!.described(this.#described++)
        if (part) batch.push(part)
      } else break
    }
    if (batch.length > 0) uncaught(() => onParts(batch))
  }
}

// The user's mistake is reported as uncaught, and costs nobody a part.
function uncaught(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
