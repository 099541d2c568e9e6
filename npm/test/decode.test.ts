import superjson from 'superjson'
import { describe, expect, test } from 'vitest'
import { decodePacket } from '../src/decode.js'

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
