import type { PartMeta, StreamDelta } from './protocol.js'
import type { SSEStreamPart } from './streamPart.js'

/**
 * A stream as far as it has been received. It grows. Indexes count from the first part there ever was, also when
 * parts that nobody needs any more have been trimmed.
 */
export class StreamReplica {
  #trimmed = 0
  #parts: readonly unknown[] = []
  #pending: readonly unknown[] = []
  // In step with the parts, as far as it goes.
  #meta: readonly (PartMeta | undefined)[] = []
  #window: { first: number; parts: readonly unknown[]; of: readonly unknown[] } | undefined

  /** The place of the last part, which hooks show. */
  lastEventId: string | undefined

  /** The place of the last record, which may have been no part: after it another runtime goes on. */
  cursor = ''

  /** A stream that goes on after the first parts of another. */
  static from(old: StreamReplica, parts: number): StreamReplica {
    const stream = new StreamReplica()
    stream.#trimmed = Math.min(old.#trimmed, parts)
    stream.#parts = old.#all.slice(0, parts - stream.#trimmed)
    stream.#meta = stream.#parts.map((_part, index) => old.#meta[index])
    stream.lastEventId = old.lastEventId
    stream.cursor = old.cursor
    return stream
  }

  get length(): number {
    return this.#trimmed + this.#parts.length + this.#pending.length
  }

  // Parts come more often than they are shown. They are copied when they are shown, whatever the number of readers.
  get #all(): readonly unknown[] {
    if (this.#pending.length > 0) {
      this.#parts = this.#parts.concat(this.#pending)
      this.#pending = []
    }
    return this.#parts
  }

  /** What there is to show from an index on: an array that never changes, and the same one until there are more parts. */
  shown(first = 0): readonly unknown[] {
    const all = this.#all
    if (first <= this.#trimmed) return all
    if (this.#window?.of !== all || this.#window.first !== first) {
      this.#window = { first, parts: all.slice(first - this.#trimmed), of: all }
    }
    return this.#window.parts
  }

  append({ parts, lastEventId, cursor, meta, trim = 0 }: StreamDelta): void {
    if (trim > this.#trimmed) {
      const gone = trim - this.#trimmed
      this.#parts = this.#all.slice(gone)
      this.#meta = this.#meta.slice(gone)
      this.#trimmed = trim
    }
    this.#pending = this.#pending.length > 0 ? this.#pending.concat(parts) : parts
    if (meta) this.#meta = this.#meta.concat(meta)
    this.lastEventId = lastEventId || this.lastEventId
    this.cursor = cursor ?? (lastEventId || this.cursor)
  }

  /** The parts from an index on. */
  since(index: number): readonly unknown[] {
    const pending = this.length - this.#pending.length
    if (index >= pending) return this.#pending.slice(index - pending)
    return this.#all.slice(Math.max(index - this.#trimmed, 0))
  }

  /** One part with what is known about it; undefined without that. */
  described(index: number): SSEStreamPart | undefined {
    const meta = this.#meta[index - this.#trimmed]
    return meta && { ...meta, chunk: this.#all[index - this.#trimmed] }
  }
}
