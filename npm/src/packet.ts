import type { Packet } from './protocol.js'
import { decode, encode } from './superjson.js'
import type { SuperJSON } from './superjson.js'

/** Reads a packet. Throws when its data is not of its type. A type that it does not know gives the text. */
export function decodePacket({ type, data }: Packet): unknown {
  switch (type) {
    case 'application/json':
      return JSON.parse(data)
    case 'application/super+json':
      return decode(JSON.parse(data) as SuperJSON)
    default:
      return data
  }
}

/** User data as the API takes it. `data` is text, but for what only plain JSON can try to say. */
export function encodePacket(value: unknown): { type: string; data?: unknown } {
  if (value === undefined) return { type: 'application/json' }
  if (typeof value === 'string') return { type: 'text/plain', data: value }
  try {
    return { type: 'application/super+json', data: JSON.stringify(encode(value)) }
  } catch {
    return { type: 'application/json', data: value }
  }
}
