import { decodePacket } from './decode.js'
import { decodeError } from './errors.js'
import type { Packet, RunDelta, StreamDelta } from './protocol.js'

/** A run as the runtime last described it. Replaced by a delta, never changed. */
export interface RunReplica {
  readonly run: Readonly<Record<string, unknown>>
  /** The fields whose data could not be read, and why. */
  readonly unreadable: Readonly<Record<string, Error>>
}

const dates = new Set(['createdAt', 'updatedAt', 'startedAt', 'finishedAt', 'delayedUntil', 'expiredAt', 'queuedAt'])
const packets = new Set(['payload', 'output', 'metadata'])

/** Applies the fields that changed; every other field keeps its identity. */
export function applyRun(old: RunReplica | undefined, changes: RunDelta['run']): RunReplica {
  const run: Record<string, unknown> = { ...old?.run }
  const unreadable = { ...old?.unreadable }
  for (const [field, value] of Object.entries(changes)) {
    delete unreadable[field]
    run[field] = undefined
    if (value === null) continue
    if (dates.has(field)) run[field] = new Date(value as string)
    else if (!packets.has(field)) run[field] = value
    else {
      const packet = value as Packet
      try {
        run[field] = decodePacket(packet)
      } catch {
        unreadable[field] = decodeError(field, packet.type)
      }
    }
  }
  return { run, unreadable }
}

/** A stream as far as it has been received. It grows. */
export class StreamReplica {
  #parts: readonly unknown[]
  #pending: readonly unknown[] = []
  lastEventId: string | undefined

  constructor(parts: readonly unknown[] = [], lastEventId?: string) {
    this.#parts = parts
    this.lastEventId = lastEventId
  }

  get length(): number {
    return this.#parts.length + this.#pending.length
  }

  /** What there is to show: an array that never changes, and the same one until there are more parts. */
  get parts(): readonly unknown[] {
    // Parts come more often than they are shown. They are copied when they are shown, whatever the number of readers.
    if (this.#pending.length > 0) {
      this.#parts = this.#parts.concat(this.#pending)
      this.#pending = []
    }
    return this.#parts
  }

  append({ parts, lastEventId }: StreamDelta): void {
    this.#pending = this.#pending.length > 0 ? this.#pending.concat(parts) : parts
    this.lastEventId = lastEventId || this.lastEventId
  }

  /** The parts from an index on. */
  since(index: number): readonly unknown[] {
    const shown = this.#parts.length
    return index < shown ? this.parts.slice(index) : this.#pending.slice(index - shown)
  }
}
