import { stringifyIO } from '@trigger.dev/core/v3'
import { describe, expect, test } from 'vitest'
import { triggerBody } from '../src/taskTrigger.js'

describe('a payload is encoded as the original encodes it', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['text', 'hello'],
    ['an empty text', ''],
    ['null', null],
    ['a number that JSON lacks', NaN],
    ['plain data', { a: [1, { b: null }] }],
    ['dates, bigints, sets and maps', { at: new Date(0), n: 1n, s: new Set([1]), m: new Map([['k', new Date(1)]]) }],
    ['undefined within', { a: undefined, b: [undefined] }],
    ['an Error and a regular expression', { e: new TypeError('x'), r: /a/g, u: new URL('https://example.com/') }],
    ['a function', () => 1],
    ['a function within', { f: () => 1 }],
    ['bytes', { bytes: Uint8Array.of(1, 2) }],
    ['bytes of 64 bits', new BigUint64Array([1n])],
    ['keys with dots', { 'a.b': { 'c\\d': new Date(7) }, list: [[new Date(8)]] }],
  ])('%s', async (_name, value) => {
    const { data, dataType } = await stringifyIO(value)
    const { payload, payloadType } = triggerBody('id', value)
    expect({ payload, payloadType }).toEqual({ payload: data, payloadType: dataType })
  })

  test('one object at two places, and a cycle', async () => {
    const twin = { name: 'twin' }
    const value: Record<string, unknown> = { a: twin, b: [twin], c: {} }
    value.c = { back: value }
    const { data } = await stringifyIO(value)
    expect(triggerBody('id', value).payload).toBe(data)
  })
})
