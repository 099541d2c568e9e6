import { decodePacket } from './packet.js'
import { decodeError } from './errors.js'
import type { ListDelta, Packet, RetrievedDelta, RunDelta } from './protocol.js'
import { StreamReplica } from './streamReplica.js'

/** A run as the runtime last described it. Replaced by a delta, never changed. */
export interface RunReplica {
  readonly run: Readonly<Record<string, unknown>>
  /** The fields whose data could not be read, and why. */
  readonly unreadable?: Readonly<Record<string, Error>> | undefined
}

/** Runs in order. Replaced by a delta; a run that a delta does not name keeps its identity. */
export interface ListReplica {
  readonly rows: readonly RunReplica[]
  /** What the rows show, in an array that never changes. */
  readonly runs: readonly unknown[]
}

/** What the runtime publishes, by feed. */
export class Replicas {
  readonly runs = new Map<number, RunReplica>()
  readonly lists = new Map<number, ListReplica>()
  readonly retrieved = new Map<number, unknown>()
  readonly streams = new Map<number, StreamReplica>()

  forget(feed: number): void {
    for (const feeds of [this.runs, this.lists, this.retrieved, this.streams]) feeds.delete(feed)
  }
}

const dates = ['createdAt', 'updatedAt', 'startedAt', 'finishedAt', 'delayedUntil', 'expiredAt', 'queuedAt']
const packets = ['payload', 'output', 'metadata']

/** Applies the fields that changed; every other field keeps its identity. */
export function applyRun(old: RunReplica | undefined, changes: RunDelta['run']): RunReplica {
  const run: Record<string, unknown> = { ...old?.run, ...changes }
  let unreadable: Record<string, Error> | undefined
  for (const field in old?.unreadable) {
    if (!(field in changes)) (unreadable ??= {})[field] = old.unreadable[field]!
  }
  for (const field in changes) if (changes[field] === null) run[field] = undefined
  for (const field of dates) if (changes[field]) run[field] = new Date(changes[field] as string)
  for (const field of packets) {
    const packet = changes[field] as Packet | null | undefined
    if (!packet) continue
    run[field] = undefined
    try {
      run[field] = decodePacket(packet)
    } catch {
      ;(unreadable ??= {})[field] = decodeError(field, packet.type)
    }
  }
  return { run, unreadable }
}

/** Applies removals, then changes. In one pass when new rows come in ascending order. */
export function applyList(old: ListReplica | undefined, { removed = [], changed = [] }: ListDelta['runs']): ListReplica {
  const gone = new Set(removed)
  const cells = (old?.rows ?? []).filter(({ run }) => !gone.has(run.id as string)).map((row) => ({ row }))
  const known = new Map(cells.map((cell) => [cell.row.run.id, cell]))
  let before: typeof cells = [] // up to the row that came in last
  let after = cells
  let next = 0 // of `after`
  for (const { id, at, run } of changed) {
    const cell = known.get(id)
    if (cell) {
      cell.row = applyRun(cell.row, run)
      continue
    }
    if (at !== undefined && at < before.length) {
      after = before.concat(after.slice(next))
      before = []
      next = 0
    }
    while (next < after.length && (at === undefined || before.length < at)) before.push(after[next++]!)
    const fresh = { row: applyRun(undefined, run) }
    known.set(id, fresh)
    before.push(fresh)
  }
  const rows = before.concat(after.slice(next)).map(({ row }) => row)
  return { rows, runs: rows.map(({ run }) => run) }
}

/** Makes the dates of a retrieved run, and of the runs it is related to, and reads the fields that were stored elsewhere. */
export function reviveRetrieved({ retrieved, packets }: RetrievedDelta): unknown {
  const run = reviveDates(retrieved)
  const { root, parent, children } = (run.relatedRuns ?? {}) as Record<'root' | 'parent', typeof run | undefined> & {
    children?: (typeof run)[]
  }
  for (const related of [root, parent, ...(children ?? [])]) if (related) reviveDates(related)
  for (const field in packets) {
    try {
      run[field] = decodePacket(packets[field]!)
    } catch {
      // As in the original, what cannot be read is absent.
    }
  }
  return run
}

function reviveDates(run: Record<string, unknown>): Record<string, unknown> {
  for (const field of dates) if (typeof run[field] === 'string') run[field] = new Date(run[field])
  return run
}
