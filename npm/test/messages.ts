import type { PageMessage } from '../src/protocol.js'

export type Opened = Extract<PageMessage, { op: 'open' }>

/** The messages that open something. */
export const opened = (messages: PageMessage[]) => messages.filter((message): message is Opened => message.op === 'open')

export const ops = (messages: PageMessage[]) => messages.map(({ op }) => op)
