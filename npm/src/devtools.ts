// The entry ./devtools: what the runtime is doing, as data and as a panel. Nothing of it is in the other entries.
'use client'

export { RunwireDevtools } from './devtools/RunwireDevtools.js'
export { readRuntimeStatus, useRuntimeStatus } from './devtools/status.js'

export type { RunwireDevtoolsProps } from './devtools/RunwireDevtools.js'
export type { RuntimeStatus } from './devtools/status.js'
export type { DevtoolsPosition } from './devtools/theme.js'
export type { AccessTokenStatus, ConnectionState, FeedStatus, PageStatus } from './protocol.js'
