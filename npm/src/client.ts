import { reviveError } from './errors.js'
import { protocol } from './protocol.js'
import type { Options, PageMessage, Publish, Resume, RuntimeMessage, Spec, StreamDelta } from './protocol.js'
import { applyRun, StreamReplica } from './replica.js'
import type { RunReplica } from './replica.js'
import { connect } from './runtime.js'
import type { Runtime } from './runtime.js'
import { Scope } from './scope.js'

/** One hook's interest in a scope, for as long as it is open. */
export interface Subscription {
  readonly scope: Scope
  readonly options: Options
  /** Its user called `stop()`: it shows what it has, and no runtime opens it again. */
  readonly stopped: boolean
  /** Gives the user's `onData` the parts that it has not had. */
  deliver(stream: StreamReplica): void
}

/** The page's end of one runtime: posts what hooks want, and applies what the runtime publishes to their scopes. */
export class Client {
  readonly #connect: typeof connect
  #runtime: Runtime | undefined
  #connecting = false

  readonly #subscriptions = new Map<number, Subscription>()
  readonly #shared = new Map<string, Scope>()
  #lastSub = 0
  #lastScope = 0

  // What this instance of the runtime knows: all of it is void when another instance takes its place.
  readonly #scopes = new Map<string, Scope>()
  readonly #runs = new Map<number, RunReplica>()
  readonly #streams = new Map<number, StreamReplica>()

  // Streams of earlier instances, under numbers that are never used twice.
  readonly #resumable = new Map<number, StreamReplica>()
  #lastResumable = 0

  constructor(start: typeof connect) {
    this.#connect = start
  }

  /** The scope of one hook instance; of every hook of that kind with that id, if there is an id. */
  scope(id: string | undefined, spec: Spec): Scope {
    if (id === undefined) return new Scope(`#${++this.#lastScope}`, spec, (scope) => this.#drop(scope))
    const name = `=${id} ${JSON.stringify(spec)}`
    let scope = this.#shared.get(name)
    if (!scope) this.#shared.set(name, (scope = new Scope(name, spec, () => {})))
    return scope
  }

  open(subscription: Subscription): number {
    const sub = ++this.#lastSub
    this.#subscriptions.set(sub, subscription)
    if (this.#runtime) this.#postOpen(sub, subscription)
    else void this.#start()
    return sub
  }

  update(sub: number, options: Options): void {
    this.#post({ op: 'update', sub, options })
  }

  stop(sub: number): void {
    this.#post({ op: 'stop', sub })
  }

  close(sub: number): void {
    this.#subscriptions.delete(sub)
    this.#post({ op: 'close', sub })
  }

  #drop(scope: Scope): void {
    if (this.#scopes.delete(scope.name)) this.#post({ op: 'drop', scope: scope.name })
  }

  // Without a runtime there is nothing to tell: whoever is open when one starts is opened then.
  #post(message: PageMessage): void {
    this.#runtime?.post(message)
  }

  #postOpen(sub: number, { scope, options, stopped }: Subscription): void {
    if (stopped) return
    const message: PageMessage = { op: 'open', sub, scope: scope.name, spec: scope.spec, options }
    const resume = this.#scopes.has(scope.name) ? [] : this.#resume(scope)
    this.#scopes.set(scope.name, scope)
    this.#post(resume.length > 0 ? { ...message, resume } : message)
  }

  #resume(scope: Scope): Resume[] {
    return Object.entries(scope.streams).map(([key, stream]) => {
      const feed = ++this.#lastResumable
      this.#resumable.set(feed, stream)
      return { feed, key, parts: stream.length, lastEventId: stream.lastEventId }
    })
  }

  async #start(): Promise<void> {
    if (this.#connecting) return
    this.#connecting = true
    try {
      this.#runtime = await this.#connect((message) => this.#receive(message))
      this.#reopen()
    } catch (error) {
      this.#fail(error as Error)
    } finally {
      this.#connecting = false
    }
  }

  #reopen(): void {
    this.#scopes.clear()
    this.#runs.clear()
    this.#streams.clear()
    this.#resumable.clear()
    for (const [sub, subscription] of this.#subscriptions) this.#postOpen(sub, subscription)
  }

  #receive(message: RuntimeMessage): void {
    switch (message.op) {
      case 'ready':
        return
      case 'publish':
        return this.#publish(message)
      case 'forget':
        for (const feed of message.feeds) {
          this.#runs.delete(feed)
          this.#streams.delete(feed)
        }
        return
      case 'restarted':
        this.#post({ op: 'hello', protocol })
        return this.#reopen()
      case 'failed':
        return this.#fail(reviveError(message.error))
    }
  }

  #publish({ feeds, views, data = [] }: Publish): void {
    for (const delta of feeds) {
      if ('run' in delta) {
        this.#runs.set(delta.feed, applyRun(this.#runs.get(delta.feed), delta.run))
      } else {
        this.#stream(delta).append(delta)
      }
    }
    for (const view of views) {
      for (const name of view.scopes) this.#scopes.get(name)?.show(view, this.#runs, this.#streams)
    }
    for (const { sub, feed } of data) {
      const stream = this.#streams.get(feed)
      if (stream) this.#subscriptions.get(sub)?.deliver(stream)
    }
  }

  #stream({ feed, from }: StreamDelta): StreamReplica {
    let stream = this.#streams.get(feed)
    if (!stream) {
      const old = from && ('resume' in from ? this.#resumable.get(from.resume) : this.#streams.get(from.feed))
      stream = new StreamReplica(old?.parts.slice(0, from?.parts), old?.lastEventId)
      this.#streams.set(feed, stream)
    }
    return stream
  }

  // Every open hook learns why; the next hook that opens tries again, for all of them.
  #fail(error: Error): void {
    this.#runtime?.close()
    this.#runtime = undefined
    for (const { scope, stopped } of this.#subscriptions.values()) {
      if (!stopped) scope.fail(error)
    }
  }
}

/** The page's one client. */
export const client = new Client(connect)
