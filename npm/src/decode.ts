// The part of superjson that reads, without the part that writes: 2.0 kB (brotli) instead of 3.7. Its package
// exports one entry only, so this imports the file; package.json pins the version, and test/decode.test.ts checks
// it against the whole library.
import { applyReferentialEqualityAnnotations, applyValueAnnotations } from '../node_modules/superjson/dist/plainer.js'
import type { SuperJSON, SuperJSONResult } from 'superjson'
import type { Packet } from './protocol.js'

/** Reads a packet. Throws when its data is not of its type. A type that it does not know gives the text. */
export function decodePacket({ type, data }: Packet): unknown {
  switch (type) {
    case 'application/json':
      return JSON.parse(data)
    case 'application/super+json':
      return decodeSuperJSON(JSON.parse(data))
    default:
      return data
  }
}

function decodeSuperJSON({ json, meta }: SuperJSONResult): unknown {
  if (!meta) return json
  const version = meta.v ?? 0
  const value = meta.values ? applyValueAnnotations(json, meta.values, version, registry) : json
  return meta.referentialEqualities
    ? applyReferentialEqualityAnnotations(value, meta.referentialEqualities, version)
    : value
}

// What plainer.js asks of a SuperJSON instance. No class or symbol is registered; `buffer` is what @trigger.dev/core
// registers for Node's Buffer, of which a browser has the base class.
export const registry = {
  allowedErrorProps: [],
  classRegistry: { getValue: () => undefined, getIdentifier: () => undefined },
  symbolRegistry: { getValue: () => undefined, getIdentifier: () => undefined },
  customTransformerRegistry: {
    findApplicable: () => undefined,
    findByName: (name: string) =>
      name === 'buffer' ? { deserialize: (bytes: number[]) => Uint8Array.from(bytes) } : undefined,
  },
} as unknown as SuperJSON
