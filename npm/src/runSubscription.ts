import type { Client } from './client.js'
import type { Connection } from './connection.js'
import type { Spec } from './protocol.js'
import type { Scope, Snapshot } from './scope.js'

/** A stream that can be iterated, also where the browser's own cannot. */
export type AsyncIterableStream<T> = ReadableStream<T> & AsyncIterable<T>

/** What `withStreams` yields: a run that changed, or a part of one of its streams. */
export type RunWithStreamsResult<TRun, TStreams extends Record<string, any>> =
  | { type: 'run'; run: TRun }
  | { [K in keyof TStreams]: { type: K; chunk: TStreams[K]; run: TRun } }[keyof TStreams]

/** What a subscription shows: of one run `run`, of more than one `runs`. */
export interface RunSubscriptionSnapshot<TRun> {
  readonly run: TRun | undefined
  readonly runs: readonly TRun[]
  readonly error: Error | undefined
}

type RunSpec = Extract<Spec, { hook: 'run' | 'runsWithTag' | 'batch' }>

/**
 * Follows a run or runs: as an async iterable of each run that changed, as a reader of the same, or as a store for
 * whatever renders. Nothing is requested before one of the three is used.
 */
export class RunSubscription<TRun> {
  readonly #client: Client
  readonly #spec: RunSpec
  readonly #connection: Connection
  readonly #signal: AbortSignal | undefined
  readonly #scope: Scope
  readonly #closing = new AbortController()
  #stream: AsyncIterableStream<TRun> | undefined
  #listeners = 0
  #sub = 0

  constructor(client: Client, spec: RunSpec, connection: Connection, signal?: AbortSignal) {
    this.#client = client
    this.#spec = spec
    this.#connection = connection
    this.#signal = signal
    this.#scope = client.scope(undefined, spec)
    signal?.addEventListener('abort', () => this.unsubscribe(), { once: true })
  }

  /** Calls `listener` when `getSnapshot` has something else to say, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    let shown = this.getSnapshot()
    const unsubscribe = this.#scope.subscribe(() => {
      if (shown !== (shown = this.getSnapshot())) listener()
    })
    if (this.#listeners++ === 0) this.#sub = this.#client.open({ scope: this.#scope, ...this.#connection })
    return () => {
      unsubscribe()
      if (--this.#listeners === 0) this.#client.close(this.#sub)
    }
  }

  /** The same object until something in it changes. */
  readonly getSnapshot = () => this.#scope.getSnapshot() as unknown as RunSubscriptionSnapshot<TRun>

  [Symbol.asyncIterator](): AsyncIterator<TRun> {
    return this.#runs[Symbol.asyncIterator]()
  }

  getReader(): ReadableStreamDefaultReader<TRun> {
    return this.#runs.getReader()
  }

  /** Yields the parts of all streams, too. */
  withStreams<TStreams extends Record<string, any>>(): AsyncIterableStream<RunWithStreamsResult<TRun, TStreams>> {
    const spec = this.#spec
    const { hook, ...names } = spec
    if (hook === 'batch') throw new Error('withStreams() of a batch is not supported: follow its runs one by one')
    const streams = { ...names, hook: hook === 'run' ? 'runWithStreams' : 'runsWithStreams' } as Spec
    const pick = (shown: Snapshot, before: Snapshot) => [
      ...changedRuns(shown, before).map((run) => ({ type: 'run', run })),
      ...newParts(shown, before),
    ]
    return readSnapshots(this.#client, streams, this.#connection, this.#signals, pick) as AsyncIterableStream<any>
  }

  /** Ends every iteration and every reader. */
  unsubscribe(): void {
    this.#closing.abort()
  }

  get #runs(): AsyncIterableStream<TRun> {
    const pick = changedRuns as (shown: Snapshot, before: Snapshot) => TRun[]
    return (this.#stream ??= readSnapshots(this.#client, this.#spec, this.#connection, this.#signals, pick))
  }

  get #signals(): AbortSignal {
    if (this.#signal?.aborted) this.unsubscribe()
    return this.#closing.signal
  }
}

/** Follows `spec` and yields what `pick` finds in each snapshot, until the runtime has nothing more or `signal` ends it. */
export function readSnapshots<T>(
  client: Client,
  spec: Spec,
  connection: Connection,
  signal: AbortSignal | undefined,
  pick: (shown: Snapshot, before: Snapshot) => readonly T[],
): AsyncIterableStream<T> {
  let close = () => {}
  const start = (controller: ReadableStreamDefaultController<T>) => {
    if (signal?.aborted) return controller.close()
    const scope = client.scope(undefined, spec)
    let before = scope.getSnapshot()
    const unsubscribe = scope.subscribe(() => {
      const shown = scope.getSnapshot()
      for (const item of pick(shown, before)) controller.enqueue(item)
      before = shown
      if (shown.error) {
        close()
        controller.error(shown.error)
      } else if (shown.ended) end()
    })
    const sub = client.open({ scope, ...connection })
    const end = () => {
      close()
      controller.close()
    }
    close = () => {
      signal?.removeEventListener('abort', end)
      client.close(sub)
      unsubscribe()
    }
    signal?.addEventListener('abort', end)
  }
  const stream = new ReadableStream<T>({ start, cancel: () => close() })
  return Object.assign(stream, { [Symbol.asyncIterator]: () => iterate(stream.getReader()) }) as AsyncIterableStream<T>
}

// Safari's streams cannot be iterated.
async function* iterate<T>(reader: ReadableStreamDefaultReader<T>): AsyncGenerator<T> {
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

const allRuns = ({ run, runs }: Snapshot) => (run === undefined ? runs : [run])

function changedRuns(shown: Snapshot, before: Snapshot): readonly unknown[] {
  const old = new Set(allRuns(before))
  return allRuns(shown).filter((run) => !old.has(run))
}

function newParts(shown: Snapshot, before: Snapshot) {
  return (allRuns(shown) as { id: string }[]).flatMap((run) => {
    const [streams, old] = shown.run ? [shown.streams, before.streams] : [shown.runStreams[run.id], before.runStreams[run.id]]
    return Object.entries(streams ?? {}).flatMap(([type, parts]) =>
      parts.slice(old?.[type]?.length ?? 0).map((chunk) => ({ type, chunk, run })),
    )
  })
}
