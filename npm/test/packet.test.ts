import { stringifyIO } from '@trigger.dev/core/v3'
import superjson from 'superjson'
import { describe, expect, test } from 'vitest'
import { decodePacket, encodePacket } from '../src/packet.js'

const decode = (type: string, data: string) => decodePacket({ type, data })

test('application/json is JSON', () => {
  expect(decode('application/json', '{"a":[1,null]}')).toEqual({ a: [1, null] })
  expect(() => decode('application/json', '{')).toThrow()
})

test('text, and any type that is not known, is the text', () => {
  expect(decode('text/plain', '{"a":1}')).toBe('{"a":1}')
  expect(decode('application/x-other', 'x')).toBe('x')
})

test('application/super+json without annotations is its json', () => {
  expect(decode('application/super+json', '{"json":{"a":1}}')).toEqual({ a: 1 })
  expect(() => decode('application/super+json', '"')).toThrow()
})

test('a Buffer of the task is bytes', () => {
  const text = '{"json":{"b":[1,2]},"meta":{"values":{"b":[["custom","buffer"]]}}}'
  expect(decode('application/super+json', text)).toEqual({ b: Uint8Array.of(1, 2) })
})

test('a path cannot reach a prototype', () => {
  const text = '{"json":{},"meta":{"values":{"__proto__.polluted":["bigint"]}}}'
  expect(() => decode('application/super+json', text)).toThrow()
})

const twin = { name: 'twin' }
const cyclic: Record<string, unknown> = { deep: {} }
;(cyclic.deep as Record<string, unknown>).back = cyclic

describe('application/super+json is read as the whole of superjson reads it', () => {
  test.each<[string, unknown]>([
    ['a root Date', new Date(0)],
    ['dates, bigints and undefined', { at: new Date(1e12), big: 12345678901234567890n, nothing: undefined }],
    ['numbers that JSON lacks', [NaN, Infinity, -Infinity, -0]],
    ['a regular expression and an address', { re: /a\/b/gi, url: new URL('https://example.com/?q=1') }],
    ['an Error', { error: new TypeError('wrong') }],
    ['sets and maps in each other', { set: new Set([1, new Date(5)]), map: new Map([[new Date(6), new Set(['x'])]]) }],
    ['typed arrays', { bytes: Uint8Array.of(1, 2, 3), floats: Float64Array.of(0.5) }],
    ['keys with dots', { outer: { 'a.b': { 'c\\d': new Date(7) } } }],
    ['one object at two places', { a: twin, b: { c: twin } }],
    ['a cycle', cyclic],
  ])('%s', (_name, value) => {
    const text = superjson.stringify(value)
    expect(decode('application/super+json', text)).toEqual(superjson.parse(text))
  })

  test('identities are kept', () => {
    const { a, b } = decode('application/super+json', superjson.stringify({ a: twin, b: { c: twin } })) as {
      a: unknown
      b: { c: unknown }
    }
    expect(a).toBe(b.c)
  })
})

describe('whatever there is', () => {
  /** Values of all kinds in each other, some of them at two places, from a seed. */
  function generator(seed: number) {
    const below = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    const made: unknown[] = []
    const list = (depth: number) => Array.from({ length: below(4) }, () => make(depth))
    const make = (depth: number): unknown => {
      const leaves = [0, -0, 1.5, NaN, -Infinity, 'text', '', null, undefined, true, 7n, new Date(below(9)), /a.b/g, new URL('https://x.y/')]
      const kind = depth > 3 ? 9 : below(10)
      const value: unknown =
        kind === 0
          ? list(depth + 1)
          : kind === 1
            ? new Set(list(depth + 1))
            : kind === 2
              ? new Map(list(depth + 1).map((item, n) => [n % 2 ? `k${n}` : new Date(n), item]))
              : kind < 6
                ? Object.fromEntries(list(depth + 1).map((item, n) => [['a', 'b c', 'd', '4'][n], item]))
                : kind === 6 && made.length > 0
                  ? made[below(made.length)]
                  : kind === 7
                    ? Float32Array.of(below(9))
                    : leaves[below(leaves.length)]
      if (typeof value === 'object' && value !== null) made.push(value)
      return value
    }
    return make(0)
  }

  // The library itself loses the order of a set when an item of it is one object with something else.
  test('is written as the original writes it, and comes back', async () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const value = generator(seed)
      const packet = encodePacket(value)
      const theirs = await stringifyIO(value)
      expect(packet, `seed ${seed}`).toEqual({ type: theirs.dataType, ...(theirs.data === undefined ? {} : { data: theirs.data }) })
      if (packet.data !== undefined) expect(decode(packet.type, packet.data as string), `seed ${seed}`).toEqual(value)
      expect(decode('application/super+json', superjson.stringify(value)), `seed ${seed}`).toEqual(value)
    }
  })

  test.each([{ 'a.b': new Date(7) }, { 'a.b': { 'c\\d.': [new Date(8)] } }])('keys with dots and backslashes come back %#', (value) => {
    const { type, data } = encodePacket(value)
    expect(decode(type, data as string)).toEqual(value)
    expect(superjson.parse(data as string)).toEqual(value)
  })

  test('a reader of another type is refused', () => {
    for (const type of ['constructor', 'symbol', ['class', 'Date'], ['typed-array', 'Function'], ['typed-array', 'BigInt64Array']]) {
      const text = JSON.stringify({ json: '1', meta: { values: [type] } })
      expect(() => decode('application/super+json', text), String(type)).toThrow()
    }
  })
})
