import type { PageMessage } from '../src/protocol.js'

export type Opened = Extract<PageMessage, { op: 'open' }>

export type Submitted = Extract<PageMessage, { op: 'submit' }>

/** The messages that open something. */
export const opened = (messages: PageMessage[]) => messages.filter((message): message is Opened => message.op === 'open')

/** The messages that make a call. */
export const submitted = (messages: PageMessage[]) => messages.filter((message): message is Submitted => message.op === 'submit')

export const ops = (messages: PageMessage[]) => messages.map(({ op }) => op)
