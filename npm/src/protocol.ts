// Twin of wasm/protocol.go: what the page and the runtime say to each other, as JSON text, in the same order.

/** The version of these messages. A runtime that speaks another one answers `failed`. */
export const protocol = 1

/** What a hook follows. */
export type Spec =
  | { hook: 'run'; runId: string }
  | { hook: 'runWithStreams'; runId: string }
  | { hook: 'stream'; runId: string; streamKey: string }

/** The options of one subscription. What is absent has the runtime's default. */
export interface Options {
  accessToken?: string | undefined
  baseURL?: string | undefined
  previewBranch?: string | undefined
  throttleInMs?: number | undefined
  stopOnCompletion?: boolean | undefined
  skipColumns?: string[] | undefined
  timeoutInSeconds?: number | undefined
  startIndex?: number | undefined
  lastEventId?: string | undefined
  from?: 'beginning' | 'latest' | undefined
  /** The page wants to be told of parts by `data`. */
  onData?: true | undefined
}

/** A stream that the page still shows from a runtime that died; `feed` is the page's own name for it. */
export interface Resume {
  feed: number
  key: string
  parts: number
  lastEventId?: string | undefined
}

export type PageMessage =
  | { op: 'hello'; protocol: number }
  | { op: 'open'; sub: number; scope: string; spec: Spec; options: Options; resume?: Resume[] }
  | { op: 'update'; sub: number; options: Options }
  | { op: 'stop'; sub: number }
  | { op: 'close'; sub: number }
  | { op: 'drop'; scope: string }

export type RuntimeMessage =
  | { op: 'ready'; protocol: number }
  | Publish
  | { op: 'forget'; feeds: number[] }
  | { op: 'restarted' }
  | { op: 'failed'; error: WireError }

/** Applied in this order: feeds, views, data. */
export interface Publish {
  op: 'publish'
  feeds: (RunDelta | StreamDelta)[]
  views: View[]
  /** Subscriptions whose `onData` must now see the parts of a stream that it has not seen. */
  data?: { sub: number; feed: number }[]
}

/** The fields of a run that changed; the first delta of a feed has them all. `null` means undefined. */
export interface RunDelta {
  feed: number
  run: Record<string, unknown>
}

/** Parts to append. `from`, in the first delta of a feed, says where the feed goes on: a resumed stream, or another feed. */
export interface StreamDelta {
  feed: number
  parts: unknown[]
  lastEventId?: string
  from?: { resume: number; parts: number } | { feed: number; parts: number }
}

/** What these scopes now show. A feed that is absent has no data yet. */
export interface View {
  scopes: string[]
  run?: number
  /** By stream key; the one key of the spec for the hook `stream`. */
  streams?: Record<string, number>
  error?: WireError
  completed?: boolean
}

/** User data as Trigger.dev stores it: text and how to read it. */
export interface Packet {
  type: string
  data: string
}

export interface WireError {
  name: string
  message: string
  cause?: WireError
  [field: string]: unknown
}
