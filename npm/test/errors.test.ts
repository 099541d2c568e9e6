import { expect, test } from 'vitest'
import { decodeError, reviveError } from '../src/errors.js'

test('a wire error becomes an Error with its name, its fields and its causes', () => {
  const error = reviveError({
    name: 'FetchError',
    message: 'HTTP Error 404',
    status: 404,
    cause: { name: 'TypeError', message: 'fetch failed' },
  })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'FetchError', message: 'HTTP Error 404', status: 404 })
  expect(error.cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
  expect(String(error)).toBe('FetchError: HTTP Error 404')
})

test('an error without a cause has no cause property', () => {
  expect('cause' in reviveError({ name: 'Error', message: 'no' })).toBe(false)
})

test('a decode error names the field and the type', () => {
  expect(String(decodeError('output', 'application/json'))).toBe('DecodeError: decode output: not valid application/json')
})
