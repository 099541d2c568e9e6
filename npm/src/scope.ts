import { reviveError } from './errors.js'
import type { ConnectionState, Spec, Submit, View, WireError } from './protocol.js'
import type { ListReplica, Replicas } from './replica.js'
import { Store } from './store.js'
import type { ControlEvent } from './streamPart.js'
import type { StreamReplica } from './streamReplica.js'

// Greater than the name of any call.
const afterAll = '~'

type Streams = Readonly<Record<string, readonly unknown[]>>

/** What a hook shows. The same object until something in it changes. */
export interface Snapshot {
  readonly run: unknown
  readonly runs: readonly unknown[]
  readonly retrieved: unknown
  readonly streams: Streams
  readonly runStreams: Readonly<Record<string, Streams>>
  /** Of the one stream that a `stream` or a `session` follows. */
  readonly parts: readonly unknown[]
  readonly lastEventId: string | undefined
  readonly error: Error | undefined
  readonly completed: boolean
  readonly ended: boolean
  readonly loading: boolean
  readonly validating: boolean
  readonly result: unknown
  readonly control: ControlEvent | undefined
}

/** What is shown before a runtime has said anything. */
export const emptySnapshot: Snapshot = {
  run: undefined,
  runs: [],
  retrieved: undefined,
  streams: {},
  runStreams: {},
  parts: [],
  lastEventId: undefined,
  error: undefined,
  completed: false,
  ended: false,
  loading: false,
  validating: false,
  result: undefined,
  control: undefined,
}

/** How what a scope shows is kept up to date. The same object until something in it changes. */
export interface ConnectionStatus {
  readonly connection: ConnectionState
  readonly retryAt: Date | undefined
  readonly lastUpdateAt: Date | undefined
}

export const connecting: ConnectionStatus = { connection: 'connecting', retryAt: undefined, lastUpdateAt: undefined }

/**
 * The state that hooks with one `id` share, or that one hook without an `id` has for itself, as a React store.
 * A scope follows one spec for its whole life: another run is another scope, so no hook can show the run before.
 */
export class Scope {
  readonly #listeners = new Set<() => void>()
  readonly #abandoned: (scope: Scope) => void
  #snapshot: Snapshot
  #wireError = ''

  // The name of the newest call. What the runtime says before it knows of that one is not shown.
  #newest = ''

  // The last control record that came, which may be before it is shown.
  #control: ControlEvent | undefined

  /** The calls under way, oldest first: a runtime that knows nothing of this scope has to be told of them. */
  submits: readonly Submit[] = []

  /** A store of its own, so that nobody is rendered by what nobody reads. */
  readonly status = new Store(connecting)

  /** The streams that are shown, by the key of a `Resume`: where a runtime that knows nothing of this scope goes on. */
  streams: ReadonlyMap<string, StreamReplica> = new Map()

  /** `abandoned` is called when the last hook has left for good, and not when Strict Mode remounts it. */
  constructor(
    readonly name: string,
    readonly spec: Spec,
    abandoned: (scope: Scope) => void,
    shown = emptySnapshot,
  ) {
    this.#abandoned = abandoned
    this.#snapshot = shown
  }

  /** The one stream of a scope that follows one. */
  get stream(): StreamReplica | undefined {
    return this.streams.get(this.spec.hook === 'stream' ? this.spec.streamKey : '')
  }

  get isUsed(): boolean {
    return this.#listeners.size > 0
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      queueMicrotask(() => {
        if (!this.isUsed) this.#abandoned(this)
      })
    }
  }

  readonly getSnapshot = () => this.#snapshot

  /** Shows that a call is under way. */
  submit(submit: Submit): void {
    this.submits = [...this.submits, submit]
    this.#newest = submit.request
    this.#publish({ ...this.#snapshot, loading: true, validating: false })
  }

  /**
   * Shows exactly what a view names, but for what calls have brought: that outlives the runtime that made them. What is equal
   * to what was shown keeps its identity.
   */
  show(view: View, replicas: Replicas): void {
    const old = this.#snapshot
    if (view.requests && !this.#settle(view.requests, view.loading)) return this.#publish(old)
    if (!hasData(view)) return this.#wait(view)
    const run = find(replicas.runs, view.run)
    const list = find(replicas.lists, view.runs)
    const shown = new Map<string, StreamReplica>()
    const parts = (feeds: Record<string, number>, old: Streams | undefined, prefix = ''): Streams => {
      const next: Record<string, readonly unknown[]> = {}
      for (const [key, feed] of Object.entries(feeds)) {
        const stream = replicas.streams.get(feed)
        if (!stream) continue
        shown.set(prefix + key, stream)
        next[key] = stream.shown(view.first?.[prefix + key])
      }
      return keep(old ?? emptySnapshot.streams, next)
    }
    const streams = parts(view.streams ?? {}, old.streams)
    const runStreams: Record<string, Streams> = {}
    for (const [runId, feeds] of Object.entries(view.runStreams ?? {})) {
      runStreams[runId] = parts(feeds, old.runStreams[runId], `${runId}/`)
    }
    this.streams = shown
    this.showConnection(view)
    const next = {
      run: run?.run,
      runs: list?.runs ?? emptySnapshot.runs,
      retrieved: find(replicas.retrieved, view.retrieved) ?? old.retrieved,
      streams,
      runStreams: keep(old.runStreams, runStreams),
      parts: streams[this.spec.hook === 'stream' ? this.spec.streamKey : ''] ?? emptySnapshot.parts,
      lastEventId: this.stream?.lastEventId,
      error: this.#revive(view.error) ?? unreadable(run ? [run] : list?.rows),
      completed: view.completed ?? false,
      ended: view.ended ?? false,
      loading: view.loading ?? false,
      validating: view.validating ?? false,
      result: alike(old.result, view.result ?? old.result),
      control: alike(old.control, (this.#control = view.control ?? this.#control)),
    }
    this.#publish(keep(old, next))
  }

  /** Keeps a control record that is shown later, by this runtime or by another. */
  keepControl(control: ControlEvent): void {
    this.#control = control
  }

  // A runtime that has nothing yet, as after a trap, takes nothing off the screen.
  #wait(view: View): void {
    const old = this.#snapshot
    this.showConnection(view)
    const { ended = false, loading = false, validating = false } = view
    this.#publish(keep(old, { ...old, error: this.#revive(view.error), ended, loading, validating }))
  }

  /** Shows how it is connected. When data came last is known as long as there is data, also to another runtime. */
  showConnection({ connection = 'connecting', retryAt, lastUpdateAt }: Pick<View, 'connection' | 'retryAt' | 'lastUpdateAt'>): void {
    const old = this.status.get()
    const next = {
      connection,
      retryAt: alike(old.retryAt, date(retryAt)),
      lastUpdateAt: alike(old.lastUpdateAt, date(lastUpdateAt) ?? old.lastUpdateAt),
    }
    this.status.set(keep(old, next))
  }

  /** Shows an error beside what is shown already. */
  fail(error: Error): void {
    this.#wireError = ''
    this.submits = []
    this.#newest = afterAll
    this.#publish({ ...this.#snapshot, error, loading: false, validating: false })
    this.showConnection({ connection: 'idle' })
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    for (const listener of this.#listeners) listener()
  }

  // Lets go of the calls that have ended, and reports whether the newest is one that the runtime knows of.
  #settle(requests: string[], loading = false): boolean {
    const newest = requests.at(-1)!
    const underWay = loading ? requests : requests.slice(0, -1)
    this.submits = this.submits.filter(({ request }) => request > newest || underWay.includes(request))
    return newest >= this.#newest
  }

  // An error that stays is sent with every view; it stays the same Error, so that an effect on it runs once.
  #revive(error: WireError | undefined): Error | undefined {
    const wireError = error ? JSON.stringify(error) : ''
    if (wireError === this.#wireError) return error && this.#snapshot.error
    this.#wireError = wireError
    return error && reviveError(error)
  }
}

const hasData = ({ run, runs, retrieved, streams, runStreams, result, requests }: View) =>
  [run, runs, retrieved, streams, runStreams, result, requests].some((data) => data !== undefined)

function find<T>(feeds: ReadonlyMap<number, T>, feed: number | undefined): T | undefined {
  return feed === undefined ? undefined : feeds.get(feed)
}

function unreadable(rows: ListReplica['rows'] = []): Error | undefined {
  return Object.values(rows.find(({ unreadable }) => unreadable)?.unreadable ?? {})[0]
}

function keep<T extends object>(old: T, next: T): T {
  const keys = Object.keys(next) as (keyof T)[]
  const equal = keys.length === Object.keys(old).length && keys.every((key) => old[key] === next[key])
  return equal ? old : next
}

const date = (time: number | undefined) => (time === undefined ? undefined : new Date(time))

// What was read from JSON anew.
function alike<T>(old: T, next: T): T {
  return JSON.stringify(old) === JSON.stringify(next) ? old : next
}
