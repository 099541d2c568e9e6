// The part of superjson that writes; see decode.ts.
import { generateReferentialEqualityAnnotations, walker } from '../node_modules/superjson/dist/plainer.js'
import { registry } from './decode.js'

/** User data as the API takes it. `data` is text, but for what only plain JSON can try to say. */
export function encodePacket(value: unknown): { type: string; data?: unknown } {
  if (value === undefined) return { type: 'application/json' }
  if (typeof value === 'string') return { type: 'text/plain', data: value }
  try {
    return { type: 'application/super+json', data: JSON.stringify(encodeSuperJSON(value)) }
  } catch {
    return { type: 'application/json', data: value }
  }
}

function encodeSuperJSON(value: unknown): object {
  const identities = new Map()
  const { transformedValue: json, annotations: values } = walker(value, identities, registry, false)
  const referentialEqualities = generateReferentialEqualityAnnotations(identities, false)
  return values || referentialEqualities ? { json, meta: { values, referentialEqualities, v: 1 } } : { json }
}
