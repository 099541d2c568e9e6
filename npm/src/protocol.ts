// Twin of wasm/protocol.go: what the page and the runtime say to each other, as JSON text, in the same order.

import type { ControlEvent, SSEStreamPart } from './streamPart.js'

/** The version of these messages. A runtime that speaks another one answers `failed`. */
export const protocol = 1

/** What a hook follows, or what a call asks for. An id that is empty, or a list without an element, names nothing. */
export type Spec =
  | { hook: 'run'; runId: string }
  | { hook: 'runWithStreams'; runId: string }
  | { hook: 'stream'; runId: string; streamKey: string }
  | { hook: 'runsWithTag'; tags: string[]; createdAt: string | undefined }
  | { hook: 'runsWithStreams'; tags: string[]; createdAt: string | undefined }
  | { hook: 'batch'; batchId: string }
  | { hook: 'session'; sessionId: string; channel: string | undefined; io: 'out' | 'in' }
  | { hook: 'retrieve'; runId: string }
  | CallSpec

/** What is done once, by `submit`. */
export type CallSpec =
  | { hook: 'trigger'; taskId: string }
  | { hook: 'waitToken'; waitpointId: string }
  | { hook: 'inputStream'; runId: string; streamId: string }

/** The options of one subscription. What is absent has the runtime's default. */
export interface Options {
  accessToken?: string | undefined
  baseURL?: string | undefined
  previewBranch?: string | undefined
  requestOptions?: object | undefined
  future?: object | undefined
  /** The page can be asked for another access token. */
  refresh?: true | undefined
  throttleInMs?: number | undefined
  stopOnCompletion?: boolean | undefined
  skipColumns?: string[] | undefined
  timeoutInSeconds?: number | undefined
  startIndex?: number | undefined
  lastEventId?: string | undefined
  from?: 'beginning' | 'latest' | undefined
  maxParts?: number | undefined
  maxConcurrentStreams?: number | undefined
  refreshInterval?: number | undefined
  revalidateOnFocus?: boolean | undefined
  revalidateOnReconnect?: boolean | undefined
  /** The page wants to be told of parts by `data`. */
  onData?: true | undefined
  /** The page wants the `meta` of parts. */
  onParts?: true | undefined
  /** The page wants to be told of control records by `controls`. */
  onControl?: true | undefined
}

/** A stream that the page still shows from a runtime that died; `feed` is the page's own name for it. */
export interface Resume {
  feed: number
  /** The stream key; for `runsWithStreams` the run id, a slash and the stream key. */
  key: string
  parts: number
  lastEventId: string
}

/**
 * What a call does. `request` names it, greater than the names of the calls before it, and is the same when a call is posted
 * again, so that it is done once.
 */
export interface Submit {
  request: string
  body: object
}

export type PageMessage =
  | { op: 'hello'; protocol: number }
  | { op: 'open'; sub: number; scope: string; spec: Spec; options: Options; resume?: Resume[] }
  | ({ op: 'submit'; sub: number } & Submit)
  | { op: 'update'; sub: number; options: Options }
  | { op: 'stop'; sub: number }
  | { op: 'close'; sub: number }
  | { op: 'drop'; scope: string }
  | { op: 'page'; visible: boolean; online: boolean; focused: boolean }
  | { op: 'token'; ask: number; accessToken: string }
  | { op: 'token'; ask: number; error: string }
  | { op: 'status' }

export type RuntimeMessage =
  | { op: 'ready'; protocol: number }
  | Publish
  | { op: 'forget'; feeds: number[] }
  | { op: 'ask'; ask: number; sub: number }
  | StatusAnswer
  | { op: 'restarted' }
  | { op: 'failed'; error: WireError }

/** Applied in this order: feeds, controls, views, data. */
export interface Publish {
  op: 'publish'
  feeds: (RunDelta | ListDelta | RetrievedDelta | StreamDelta)[]
  views: View[]
  /** Subscriptions whose `onData` must now see the parts of a stream that it has not seen. */
  data?: { sub: number; feed: number }[]
  /** Control records of a session, for the subscriptions that want them; `at` is the number of parts before the record. */
  controls?: { sub: number; control: ControlEvent; at: number; part?: SSEStreamPart }[]
}

/** The fields of a run that changed; the first delta of a feed has them all. `null` means undefined. */
export interface RunDelta {
  feed: number
  run: Record<string, unknown>
}

/**
 * Rows that left a list, then rows that changed or, when they are new, come in `at` an index or at the end. New rows have
 * ascending indexes.
 */
export interface ListDelta {
  feed: number
  runs: { removed?: string[]; changed?: { id: string; at?: number; run: Record<string, unknown> }[] }
}

/** A run as the API describes it; `packets` are the fields that were stored elsewhere. */
export interface RetrievedDelta {
  feed: number
  retrieved: Record<string, unknown>
  packets?: Record<string, Packet>
}

/**
 * Parts to append. `lastEventId` is the place of the last of them, and `cursor` that of a later record, which was no part. `from`, in the first delta of a feed, says where the feed goes on: a resumed stream, or another feed. `meta`
 * describes parts in order, from the first one that has none. Parts before `trim` are of no use to anybody.
 */
export interface StreamDelta {
  feed: number
  parts: unknown[]
  lastEventId?: string
  cursor?: string
  from?: { resume: number; parts: number } | { feed: number; parts: number }
  meta?: PartMeta[]
  trim?: number
}

/** What is known of a part beside the part. */
export type PartMeta = Omit<SSEStreamPart, 'chunk'>

/** What these scopes now show. A feed that is absent has no data yet. */
export interface View {
  scopes: string[]
  run?: number
  runs?: number
  retrieved?: number
  /** By stream key; the one key of the spec for the hook `stream`, and none for `session`. */
  streams?: Record<string, number>
  /** By run id and stream key. */
  runStreams?: Record<string, Record<string, number>>
  /** By the key of a `Resume`: the first part to show. */
  first?: Record<string, number>
  /** Default: `connecting`. */
  connection?: ConnectionState
  /** Of `retrying` and `offline`: when the next request is due. Unit: ms since 1970. */
  retryAt?: number
  /** When data came last. Unit: ms since 1970. */
  lastUpdateAt?: number
  error?: WireError
  completed?: boolean
  /** Nothing more will come. */
  ended?: boolean
  loading?: boolean
  validating?: boolean
  /** What the last call that succeeded answered. */
  result?: unknown
  /**
   * The calls that are under way, by `request` and in their order, and the newest in any case: it is the last, and what
   * `loading`, `result` and `error` tell about.
   */
  requests?: string[]
  control?: ControlEvent
}

/** How what a hook shows is kept up to date: see the hooks' `connection`. */
export type ConnectionState = 'connecting' | 'live' | 'paused' | 'retrying' | 'offline' | 'idle'

/** What the runtime is doing for all its pages; `page` is the one that asks. */
export interface StatusAnswer {
  op: 'status'
  page: number
  /** In use. Unit: bytes. */
  memory: number
  status: Status
}

/** Feeds are in the order in which they began, pages in none. Times are in milliseconds since 1970. */
export interface Status {
  feeds: FeedStatus[]
  accessTokens: AccessTokenStatus[]
  pages: PageStatus[]
  /** Runs of `useRun` that are known. */
  retrievedRuns: number
  requestsUnderWay: number
}

/** What is known of one upstream subscription, which any number of hooks share. */
export interface FeedStatus {
  feed: number
  /** What it follows, such as `run run_1` or `stream openai of run_1`; absent before its first request. */
  resource?: string
  connection: ConnectionState
  retryAt?: number
  lastUpdateAt?: number
  /** Why nothing new comes. */
  error?: string
  /** Hooks that follow it. */
  observers: number
  /** Hooks, or groups of hooks with one `id`, that show what it brought, also while they do not follow it. */
  scopes: number
  /** Where it goes on: in the log of a shape, or after the last event of a stream. */
  cursor: string
  /** Runs or parts that are kept. */
  held: number
  /** The number of its access token. */
  accessToken: number
  requests: number
  /** Requests that failed and were followed by another one. */
  retries: number
  /** Received, decompressed. */
  bytes: number
}

/** What is known of an access token that hooks name, but for the token itself. */
export interface AccessTokenStatus {
  accessToken: number
  /** By this machine's clock; absent where the token does not say. */
  expiresAt?: number
  /** Times that `refreshAccessToken` brought another one. */
  renewals: number
  renewing?: true
  /** Why the last renewal brought none. */
  problem?: string
}

/** A page, which is a tab where tabs share a worker. */
export interface PageStatus {
  page: number
  visible?: true
  online?: true
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
