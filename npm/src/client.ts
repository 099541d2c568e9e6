import { reviveError } from './errors.js'
import { pageState, preconnect, watchPage } from './page.js'
import { protocol } from './protocol.js'
import type { Options, PageMessage, Publish, Resume, RuntimeMessage, Spec, StatusAnswer, StreamDelta, Submit } from './protocol.js'
import { applyList, applyRun, Replicas, reviveRetrieved } from './replica.js'
import { register } from './registered.js'
import { connect } from './runtime.js'
import type { Runtime } from './runtime.js'
import { Scope } from './scope.js'
import type { Snapshot } from './scope.js'
import type { ControlEvent, SSEStreamPart } from './streamPart.js'
import { StreamReplica } from './streamReplica.js'

// Scopes that are kept while no hook uses them. Source: maxIdleScopes in hooks/scope.go.
const mostIdle = 64

/** One interest in a scope, for as long as it is open: of a hook, or of a call. */
export interface Subscription {
  readonly scope: Scope
  readonly options: Options
  /** Its user called `stop()`: it shows what it has, and no runtime opens it again. */
  readonly stopped?: boolean
  /** The user's way to another access token. */
  readonly refreshAccessToken?: (() => Promise<string>) | undefined
  /** Gives the user's `onData` the parts that it has not had. */
  deliver?(stream: StreamReplica): void
  /** Gives the user's `onControl` a control record, which came when the stream had `at` parts. */
  control?(event: ControlEvent, at: number, part: SSEStreamPart | undefined): void
}

/** The page's end of one runtime: posts what hooks want, and applies what the runtime publishes to their scopes. */
export class Client {
  readonly #connect: typeof connect
  #runtime: Runtime | undefined
  #connecting = false

  readonly #subscriptions = new Map<number, Subscription>()
  readonly #shared = new Map<string, Scope>()
  readonly #idle = new Set<Scope>() // of the shared, the longest idle first; some are used again
  readonly #refreshing = new Map<() => Promise<string>, Promise<string>>()
  #unwatchPage: (() => void) | undefined
  readonly #askers: ((answer: StatusAnswer | undefined) => void)[] = []
  #lastSub = 0
  #lastScope = 0

  // What this instance of the runtime knows: all of it is void when another instance takes its place.
  #scopes = new Map<string, Scope>()
  #resumes = new Map<Scope, Resume[]>()
  #replicas = new Replicas()

  // Streams of earlier instances, under numbers that are never used twice.
  readonly #resumable = new Map<number, StreamReplica>()
  #lastResumable = 0

  constructor(start: typeof connect) {
    this.#connect = start
  }

  /** The scope of one hook instance, with what it shows at first; of every hook of that kind with that id, if there is an id. */
  scope(id: string | undefined, spec: Spec, shown?: Snapshot): Scope {
    if (id === undefined) return new Scope(`#${++this.#lastScope}`, spec, (scope) => this.#drop(scope), shown)
    const name = `=${id} ${JSON.stringify(spec)}`
    let scope = this.#shared.get(name)
    if (!scope) this.#shared.set(name, (scope = new Scope(name, spec, (scope) => this.#keep(scope))))
    return scope
  }

  open(subscription: Subscription): number {
    const sub = ++this.#lastSub
    this.#subscriptions.set(sub, subscription)
    if (this.#runtime) {
      if (!this.#unwatchPage) this.#postPage()
      this.#postOpen(sub, subscription)
    } else {
      preconnect(subscription.options.baseURL)
      void this.#start()
    }
    return sub
  }

  update(sub: number, options: Options): void {
    this.#post({ op: 'update', sub, options })
  }

  /** Makes a call that its scope has taken already, with the options that its subscription has now. */
  submit(sub: number, submit: Submit): void {
    if (!this.#runtime) return void this.#start()
    this.update(sub, this.#subscriptions.get(sub)!.options)
    this.#post({ op: 'submit', sub, ...submit })
  }

  stop(sub: number): void {
    this.#post({ op: 'stop', sub })
    const scope = this.#subscriptions.get(sub)?.scope
    const isFollowed = [...this.#subscriptions.values()].some((other) => other.scope === scope && !other.stopped)
    if (!isFollowed) scope?.showConnection({ connection: 'idle' })
  }

  /** Closes when the calls that are under way have ended: they go on. */
  close(sub: number): void {
    const scope = this.#subscriptions.get(sub)?.scope
    if (scope?.submits.length) {
      const unsubscribe = scope.subscribe(() => {
        if (scope.submits.length > 0) return
        unsubscribe()
        this.close(sub)
      })
      return
    }
    this.#subscriptions.delete(sub)
    this.#post({ op: 'close', sub })
    if (this.#subscriptions.size > 0) return
    this.#unwatchPage?.()
    this.#unwatchPage = undefined
  }

  // What a scope with an id shows is kept for a while.
  #keep(scope: Scope): void {
    this.#idle.delete(scope)
    this.#idle.add(scope)
    for (const oldest of this.#idle) {
      if (this.#idle.size <= mostIdle) return
      this.#idle.delete(oldest)
      if (oldest.isUsed) continue
      this.#shared.delete(oldest.name)
      this.#drop(oldest)
    }
  }

  /** Where the runtime runs; undefined without one. */
  get home() {
    return this.#runtime?.home
  }

  /** What the runtime says that it is doing; undefined without one, and when it ends before it answers. */
  status(): Promise<StatusAnswer | undefined> {
    if (!this.#runtime) return Promise.resolve(undefined)
    this.#post({ op: 'status' })
    return new Promise((resolve) => this.#askers.push(resolve))
  }

  #tellAskers(answer?: StatusAnswer): void {
    for (const resolve of this.#askers.splice(0)) resolve(answer)
  }

  #drop(scope: Scope): void {
    this.#resumes.delete(scope)
    if (this.#scopes.delete(scope.name)) this.#post({ op: 'drop', scope: scope.name })
  }

  // Without a runtime there is nothing to tell: whoever is open when one starts is opened then.
  #post(message: PageMessage): void {
    this.#runtime?.post(message)
  }

  #postOpen(sub: number, subscription: Subscription): void {
    const { scope, options, stopped } = subscription
    if (stopped) return
    const message: PageMessage = { op: 'open', sub, scope: scope.name, spec: scope.spec, options }
    if (!this.#scopes.has(scope.name)) scope.showConnection({}) // whatever an earlier runtime said of it
    this.#scopes.set(scope.name, scope)
    const resume = this.#resume(scope)
    this.#post(resume.length > 0 ? { ...message, resume } : message)
    for (const submit of scope.submits) this.#post({ op: 'submit', sub, ...submit })
  }

  // What is followed, and how often, depends on whether anybody looks. So the runtime knows before the first hook opens.
  #postPage(): void {
    if (typeof document !== 'object') return
    this.#unwatchPage ??= watchPage((event) => this.#post(pageState(event)))
    this.#post(pageState())
  }

  // Where a scope goes on that this instance knew nothing of: the same for all its hooks, and under one number for all scopes
  // that show a stream, so that they share a connection.
  #resume(scope: Scope): Resume[] {
    let resume = this.#resumes.get(scope)
    if (!resume) {
      resume = Array.from(scope.streams, ([key, stream]) => {
        return { feed: this.#name(stream), key, parts: stream.length, lastEventId: stream.cursor }
      })
      this.#resumes.set(scope, resume)
    }
    return resume
  }

  #name(stream: StreamReplica): number {
    for (const [feed, known] of this.#resumable) if (known === stream) return feed
    this.#resumable.set(++this.#lastResumable, stream)
    return this.#lastResumable
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
    this.#scopes = new Map()
    this.#resumes = new Map()
    this.#replicas = new Replicas()
    this.#resumable.clear()
    this.#tellAskers()
    this.#postPage()
    for (const [sub, subscription] of this.#subscriptions) this.#postOpen(sub, subscription)
  }

  #receive(message: RuntimeMessage): void {
    switch (message.op) {
      case 'ready':
        return
      case 'publish':
        return this.#publish(message)
      case 'forget':
        return message.feeds.forEach((feed) => this.#replicas.forget(feed))
      case 'ask':
        return void this.#answer(message.ask, this.#subscriptions.get(message.sub)?.refreshAccessToken)
      case 'status':
        return this.#tellAskers(message)
      case 'restarted':
        this.#post({ op: 'hello', protocol })
        return this.#reopen()
      case 'failed':
        return this.#fail(reviveError(message.error))
    }
  }

  #publish({ feeds, controls = [], views, data = [] }: Publish): void {
    const replicas = this.#replicas
    for (const delta of feeds) {
      const { feed } = delta
      if ('run' in delta) replicas.runs.set(feed, applyRun(replicas.runs.get(feed), delta.run))
      else if ('runs' in delta) replicas.lists.set(feed, applyList(replicas.lists.get(feed), delta.runs))
      else if ('retrieved' in delta) replicas.retrieved.set(feed, reviveRetrieved(delta))
      else this.#stream(delta).append(delta)
    }
    for (const { sub, control, at, part } of controls) {
      const subscription = this.#subscriptions.get(sub)
      subscription?.scope.keepControl(control)
      subscription?.control?.(control, at, part)
    }
    for (const view of views) {
      for (const name of view.scopes) this.#scopes.get(name)?.show(view, replicas)
    }
    for (const { sub, feed } of data) {
      const stream = replicas.streams.get(feed)
      if (stream) this.#subscriptions.get(sub)?.deliver?.(stream)
    }
  }

  #stream({ feed, from }: StreamDelta): StreamReplica {
    const { streams } = this.#replicas
    let stream = streams.get(feed)
    if (!stream) {
      const old = from && ('resume' in from ? this.#resumable.get(from.resume) : streams.get(from.feed))
      stream = old ? StreamReplica.from(old, from!.parts) : new StreamReplica()
      streams.set(feed, stream)
    }
    return stream
  }

  // A function that is asked for a token while it makes one is not called again.
  async #answer(ask: number, refresh: (() => Promise<string>) | undefined): Promise<void> {
    const asking = this.#replicas // another instance has other asks
    const post = (answer: { accessToken: string } | { error: string }) => {
      if (asking === this.#replicas) this.#post({ op: 'token', ask, ...answer } as PageMessage)
    }
    if (!refresh) return post({ error: 'Missing refreshAccessToken in TriggerAuthContext or useApiClient options' })
    try {
      let refreshing = this.#refreshing.get(refresh)
      if (!refreshing) this.#refreshing.set(refresh, (refreshing = refresh()))
      post({ accessToken: await refreshing })
    } catch (error) {
      post({ error: String((error as Error)?.message ?? error) })
    } finally {
      this.#refreshing.delete(refresh)
    }
  }

  // Every open hook learns why; the next hook that opens tries again, for all of them.
  #fail(error: Error): void {
    this.#runtime?.close()
    this.#runtime = undefined
    this.#tellAskers()
    for (const { scope, stopped } of this.#subscriptions.values()) {
      if (!stopped) scope.fail(error)
    }
  }
}

/** The page's one client. */
export const client = register(new Client(connect))
