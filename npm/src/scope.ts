import { reviveError } from './errors.js'
import type { Spec, View, WireError } from './protocol.js'
import type { RunReplica, StreamReplica } from './replica.js'

/** What a hook shows. The same object until something in it changes. */
export interface Snapshot {
  readonly run: unknown
  readonly streams: Readonly<Record<string, readonly unknown[]>>
  readonly parts: readonly unknown[]
  readonly lastEventId: string | undefined
  readonly error: Error | undefined
  readonly completed: boolean
}

export const emptySnapshot: Snapshot = {
  run: undefined,
  streams: {},
  parts: [],
  lastEventId: undefined,
  error: undefined,
  completed: false,
}

/**
 * The state that hooks with one `id` share, or that one hook without an `id` has for itself, as a React store.
 * A scope follows one spec for its whole life: another run is another scope, so no hook can show the run before.
 */
export class Scope {
  readonly #listeners = new Set<() => void>()
  readonly #abandoned: (scope: Scope) => void
  #snapshot = emptySnapshot
  #wireError = ''

  /** The streams that are shown, by key: where a runtime that knows nothing of this scope goes on. */
  streams: Readonly<Record<string, StreamReplica>> = {}

  /** `abandoned` is called when the last hook has left for good, and not when Strict Mode remounts it. */
  constructor(
    readonly name: string,
    readonly spec: Spec,
    abandoned: (scope: Scope) => void,
  ) {
    this.#abandoned = abandoned
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      queueMicrotask(() => {
        if (this.#listeners.size === 0) this.#abandoned(this)
      })
    }
  }

  readonly getSnapshot = () => this.#snapshot

  /** Shows exactly what a view names. What is equal to what was shown keeps its identity. */
  show(view: View, runs: ReadonlyMap<number, RunReplica>, streams: ReadonlyMap<number, StreamReplica>): void {
    const replica = view.run === undefined ? undefined : runs.get(view.run)
    const shown: Record<string, StreamReplica> = {}
    const parts: Record<string, readonly unknown[]> = {}
    for (const [key, feed] of Object.entries(view.streams ?? {})) {
      const stream = streams.get(feed)
      if (!stream) continue
      shown[key] = stream
      parts[key] = stream.parts
    }
    this.streams = shown
    const stream = this.spec.hook === 'stream' ? shown[this.spec.streamKey] : undefined
    this.#publish({
      run: replica?.run,
      streams: keep(this.#snapshot.streams, parts),
      parts: stream?.parts ?? emptySnapshot.parts,
      lastEventId: stream?.lastEventId,
      error: this.#revive(view.error) ?? (replica && Object.values(replica.unreadable)[0]),
      completed: view.completed ?? false,
    })
  }

  /** Shows an error beside what is shown already. */
  fail(error: Error): void {
    this.#wireError = ''
    this.#publish({ ...this.#snapshot, error })
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    for (const listener of this.#listeners) listener()
  }

  // An error that stays is sent with every view; it stays the same Error, so that an effect on it runs once.
  #revive(error: WireError | undefined): Error | undefined {
    const wireError = error ? JSON.stringify(error) : ''
    if (wireError === this.#wireError) return error && this.#snapshot.error
    this.#wireError = wireError
    return error && reviveError(error)
  }
}

function keep<T extends Record<string, unknown>>(old: T, next: T): T {
  const keys = Object.keys(next)
  const equal = keys.length === Object.keys(old).length && keys.every((key) => old[key] === next[key])
  return equal ? old : next
}
