/** One part of a stream, or one record of a session, with what is known about it. */
export type SSEStreamPart<TChunk = unknown> = {
  /** Stable logical record id. */
  recordId?: string
  /** The event id, to resume from. */
  id: string
  chunk: TChunk
  timestamp: number
  headers?: Array<[string, string]>
}

/** A control record of a session, such as `turn-complete`. */
export type ControlEvent = {
  subtype: string
  headers: ReadonlyArray<readonly [string, string]>
  seqNum: number
  timestamp: number
}
