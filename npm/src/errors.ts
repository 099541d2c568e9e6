import type { WireError } from './protocol.js'

/** Makes an Error of what crossed the wire, with its fields and its chain of causes. */
export function reviveError({ name, message, cause, ...fields }: WireError): Error {
  const error = new Error(message, cause && { cause: reviveError(cause) })
  return Object.assign(error, fields, { name })
}

/** Says that user data could not be read. It quotes none of the data, so the parser's own words are left out. */
export function decodeError(field: string, type: string): Error {
  return reviveError({ name: 'DecodeError', message: `decode ${field}: not valid ${type}` })
}
