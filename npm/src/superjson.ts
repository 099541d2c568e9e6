// The format of superjson: JSON, and beside it, by path, what of it is not plain JSON and what of it is one object. Its
// own library is four times as large. test/packet.test.ts holds this to the library and to what @trigger.dev/core writes.

export interface SuperJSON {
  json: unknown
  meta?: {
    values?: Tree | undefined
    referentialEqualities?: Equalities | [root: string[], rest?: Equalities] | undefined
    /** Since version 1 a backslash in a key is escaped too. Version 0 is what @trigger.dev/core 4.8.3 writes. */
    v?: number
  }
}

type Type = string | [kind: string, name: string]
/** What a value is, and what is within it, by path; only the latter where the value itself is plain. */
type Tree = [type: Type, within?: Within] | Within
interface Within {
  [path: string]: Tree
}
/** Paths that lead to one object, by the first of them. */
type Equalities = Record<string, string[]>

// By type: how JSON becomes a value again.
const revivers: Record<string, (json: any) => unknown> = {
  undefined: () => undefined,
  bigint: BigInt,
  Date: (text) => new Date(text),
  Error: ({ name, message, cause, stack }) => Object.assign(new Error(message, { cause }), { name, stack }),
  regexp: (text) => new RegExp(text.slice(1, text.lastIndexOf('/')), text.slice(text.lastIndexOf('/') + 1)),
  set: (items) => new Set(items),
  map: (entries) => new Map(entries),
  number: Number,
  URL: (text) => new URL(text),
}

/** Throws when `meta` does not fit `json`. */
export function decode({ json, meta = {} }: SuperJSON): unknown {
  const { values, referentialEqualities, v } = meta
  const parse = (path: string) => parsePath(path, v ? /\\?[^]/g : /\\\.|[^]/g)
  let root = values ? revive(json, values, parse) : json

  const [rootPaths, equalities] = Array.isArray(referentialEqualities) ? referentialEqualities : [[], referentialEqualities]
  for (const path of rootPaths) root = update(root, parse(path), () => root)
  for (const [first, others] of Object.entries(equalities ?? {})) {
    let same: unknown
    update(root, parse(first), (value) => (same = value))
    for (const path of others) root = update(root, parse(path), () => same)
  }
  return root
}

function revive(json: unknown, tree: Tree, parse: (path: string) => string[]): unknown {
  const [type, within = {}] = Array.isArray(tree) ? tree : [undefined, tree]
  for (const [path, inner] of Object.entries(within)) {
    json = update(json, parse(path), (value) => revive(value, inner, parse))
  }
  if (type === undefined) return json
  if (typeof type === 'string' && Object.hasOwn(revivers, type)) return revivers[type]!(json)
  // No class or symbol is registered. `buffer` is Node's, of which a browser has the base class.
  const name = type[0] === 'custom' && type[1] === 'buffer' ? 'Uint8Array' : type[0] === 'typed-array' ? type[1] : ''
  if (!/^(Int|Uint|Float)\d+(Clamped)?Array$/.test(name)) throw new Error(`type ${type} is not known`)
  return new (globalThis as unknown as Record<string, new (items: unknown) => unknown>)[name]!(json)
}

/** Replaces what is at a path, and returns the root, which is another one if the path is empty. */
function update(root: any, [key, ...path]: string[], change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(root)
  if (/^(__proto__|prototype|constructor)$/.test(key)) throw new Error(`${key} is not allowed as a key`)
  if (root instanceof Set || root instanceof Map) {
    // A path counts the items of a set and the entries of a map, which become what they were written as.
    const items = [...(root as Iterable<any>)]
    update(items, [key, ...path], change)
    root.clear()
    for (const item of items) root instanceof Set ? root.add(item) : root.set(item[0], item[1])
  } else root[key] = update(root[key], path, change)
  return root
}

// `token` matches one character of the path, with the backslash that escapes it.
function parsePath(path: string, token: RegExp): string[] {
  const keys = ['']
  for (const [character] of path.matchAll(token)) {
    if (character === '.') keys.push('')
    else keys[keys.length - 1] += character.slice(-1)
  }
  return keys
}

const escape = (key: string) => key.replaceAll('.', '\\.')
const stringify = (path: string[]) => path.map(escape).join('.')

/** Throws for keys that a reader would refuse. What is not of the format, as a function, is left as it is. */
export function encode(value: unknown): SuperJSON {
  const paths = new Map<unknown, string[][]>()
  const written = new Map<unknown, Written>()
  const { json, tree: values } = write(value, [], [])

  let rootPaths: string[] | undefined
  const equalities: Equalities = {}
  for (const places of paths.values()) {
    const [first, ...others] = places.sort((a, b) => a.length - b.length)
    if (others.length === 0) continue
    if (first!.length === 0) rootPaths = others.map(stringify)
    else equalities[stringify(first!)] = others.map(stringify)
  }
  const rest = Object.keys(equalities).length > 0 ? equalities : undefined
  const referentialEqualities = rootPaths ? ([rootPaths, ...(rest ? [rest] : [])] as [string[], Equalities?]) : rest
  return values || referentialEqualities ? { json, meta: { values, referentialEqualities } } : { json }

  function write(value: unknown, path: string[], parents: unknown[]): Written {
    // Bigints and NaN count as objects, as they do for the library.
    const isObject = value !== null && (Number.isNaN(value) || /^(object|function|bigint)$/.test(typeof value))
    if (!isObject) return writeNew(value, path, parents)
    const places = paths.get(value)
    if (places) places.push(path)
    else paths.set(value, [path])
    if (parents.includes(value)) return { json: null } // referentialEqualities say what belongs here
    if (!written.has(value)) written.set(value, writeNew(value, path, parents))
    return written.get(value)!
  }

  function writeNew(value: unknown, path: string[], parents: unknown[]): Written {
    const [type, plain] = describe(value)
    const isPlain = type === undefined && (Array.isArray(value) || isPlainObject(value))
    const hasItems = isPlain || type === 'set' || type === 'map'
    if (!hasItems) return type === undefined ? { json: value } : { json: plain, tree: [type] }
    const json = (Array.isArray(plain) ? [] : {}) as Record<string, unknown>
    const within: Within = {}
    for (const [key, item] of Object.entries(plain as object)) {
      if (/^(__proto__|prototype|constructor)$/.test(key)) throw new Error(`${key} is not allowed as a key`)
      const inner = write(item, [...path, key], [...parents, value])
      json[key] = inner.json
      if (Array.isArray(inner.tree)) within[escape(key)] = inner.tree
      else for (const deeper in inner.tree) within[`${escape(key)}.${deeper}`] = inner.tree[deeper]!
    }
    const tree = Object.keys(within).length > 0 ? within : undefined
    return { json, tree: type === undefined ? tree : tree ? [type, tree] : [type] }
  }
}

interface Written {
  json: unknown
  tree?: Tree | undefined
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

// The type of what is not plain JSON, and what it is written as.
function describe(value: any): [type: Type | undefined, json: unknown] {
  switch (typeof value) {
    case 'undefined':
      return ['undefined', null]
    case 'bigint':
      return ['bigint', String(value)]
    case 'number':
      if (Object.is(value, -0)) return ['number', '-0']
      return Number.isFinite(value) ? [undefined, value] : ['number', String(value)]
  }
  if (value instanceof Date && !isNaN(+value)) return ['Date', value.toISOString()]
  if (value instanceof Error) {
    const { name, message, cause } = value
    return ['Error', 'cause' in value ? { name, message, cause } : { name, message }]
  }
  if (value instanceof RegExp) return ['regexp', String(value)]
  if (value instanceof Set) return ['set', [...value]]
  if (value instanceof Map) return ['map', [...value]]
  if (value instanceof URL) return ['URL', String(value)]
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return [['typed-array', value.constructor.name], [...(value as Uint8Array)]]
  }
  return [undefined, value]
}
