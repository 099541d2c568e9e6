import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Host } from '../src/host.js'
import type { Exports } from '../src/host.js'
import { settled } from './fakeRuntime.js'

const instantiate = vi.hoisted(() => vi.fn())
vi.mock('../src/instantiate.js', () => ({ instantiate }))

type Imports = Record<'fetch' | 'cancel' | 'timer' | 'post', (...args: number[]) => void>

/** An instance of runtime.wasm: records its calls, with the bytes that they may read. */
class FakeInstance {
  memory = new WebAssembly.Memory({ initial: 1 })
  calls: unknown[][] = []
  /** What the runtime does while it is called. */
  during: (name: string) => void = () => {}
  #allocated = 0

  constructor(readonly imports: Imports) {}

  /** Text of the runtime's own, as the pointer and length of a host call. */
  text(text: string): [number, number] {
    const bytes = new TextEncoder().encode(text)
    new Uint8Array(this.memory.buffer, 1024).set(bytes)
    return [1024, bytes.length]
  }

  get exports(): Exports {
    const record =
      (name: string) =>
      (_now: number, ...args: number[]) => {
        const withBytes = ['message', 'response', 'chunk', 'failed'].includes(name)
        const length = withBytes ? args.pop()! : 0
        const bytes = new Uint8Array(this.memory.buffer, 8, length)
        if (withBytes) expect(this.#allocated).toBe(length)
        this.calls.push(withBytes ? [name, ...args, new TextDecoder().decode(bytes)] : [name, ...args])
        this.during(name)
      }
    return {
      memory: this.memory,
      alloc: (length) => {
        this.#allocated = length
        return 8
      },
      ...Object.fromEntries(
        ['boot', 'message', 'detach', 'response', 'chunk', 'ended', 'failed', 'timer'].map((name) => [name, record(name)]),
      ),
    } as Exports
  }
}

const trap = () => {
  throw new WebAssembly.RuntimeError('unreachable')
}

let instances: FakeInstance[]
let sent: [number, string][]
let host: Host
const last = () => instances.at(-1)!
const calls = () => last().calls.filter(([name]) => name !== 'boot')

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  instances = []
  sent = []
  instantiate.mockImplementation(async (_module: unknown, imports: Imports) => {
    instances.push(new FakeInstance(imports))
    return last().exports
  })
  host = new Host({} as WebAssembly.Module, (port, text) => sent.push([port, text]))
  await settled()
})

afterEach(() => {
  host.close()
  vi.useRealTimers()
})

test('boots first, with a seed, and then hands over what came meanwhile', async () => {
  host = new Host({} as WebAssembly.Module, () => {})
  host.message(3, 'hällo')
  await settled()
  expect(last().calls).toEqual([
    ['boot', expect.any(Number), expect.any(Number)],
    ['message', 3, 'hällo'],
  ])
})

test('never calls the runtime while it is calling', () => {
  last().during = (name) => {
    if (name !== 'message') return
    last().during = () => {}
    host.detach(4)
    expect(calls()).toHaveLength(1)
  }
  host.message(3, 'x')
  expect(calls()).toEqual([
    ['message', 3, 'x'],
    ['detach', 4],
  ])
})

test('posts to ports', () => {
  last().imports.post(3, ...last().text('{"op":"ready"}'))
  expect(sent).toEqual([[3, '{"op":"ready"}']])
})

describe('timers', () => {
  test('fire once; a new one with the same id takes the place of the old; a negative delay clears', () => {
    const { timer } = last().imports
    timer(1, 10)
    timer(1, 30)
    timer(2, 20)
    timer(3, 20)
    timer(3, -1)
    timer(3, NaN)
    vi.advanceTimersByTime(29)
    expect(calls()).toEqual([['timer', 2]])
    vi.advanceTimersByTime(1000)
    expect(calls()).toEqual([['timer', 2], ['timer', 1]])
  })

  test('that are longer than setTimeout can wait do not fire at once', () => {
    last().imports.timer(1, 1e12)
    vi.advanceTimersByTime(1e9)
    expect(calls()).toEqual([])
  })
})

describe('fetches', () => {
  const start = (id: number, request: object) => last().imports.fetch(id, ...last().text(JSON.stringify(request)))

  test('report the head, the body as it comes, and its end', async () => {
    const fetch = vi.fn(async () => new Response('body', { status: 201, headers: { 'X-Cursor': '7' } }))
    vi.stubGlobal('fetch', fetch)
    start(5, { method: 'GET', url: 'https://api.example/x', headers: { a: 'b' }, cache: 'no-store' })
    await settled()
    expect(fetch).toHaveBeenCalledWith('https://api.example/x', {
      ...{ method: 'GET', headers: { a: 'b' }, cache: 'no-store' },
      signal: expect.any(AbortSignal),
    })
    expect(calls()).toEqual([
      ['response', 5, 201, 'content-type: text/plain;charset=UTF-8\nx-cursor: 7\n'],
      ['chunk', 5, 'body'],
      ['ended', 5],
    ])
  })

  test('begin when what the runtime has posted is on its way', async () => {
    const order: string[] = []
    host = new Host({} as WebAssembly.Module, () => order.push('post'))
    await settled()
    vi.stubGlobal('fetch', async () => {
      order.push('fetch')
      return new Response()
    })
    last().during = (name) => {
      if (name !== 'message') return
      start(5, { url: 'https://api.example/x' })
      last().imports.post(3, ...last().text('news'))
    }
    host.message(3, 'x')
    await settled()
    expect(order).toEqual(['post', 'fetch'])
  })

  test('without a body end at once', async () => {
    vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }))
    start(5, { url: 'https://api.example/x' })
    await settled()
    expect(calls()).toEqual([
      ['response', 5, 204, ''],
      ['ended', 5],
    ])
  })

  test('that get no answer, or no readable request, fail', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch')
    })
    start(5, { url: 'https://api.example/x' })
    last().imports.fetch(6, ...last().text('{'))
    await settled()
    expect(calls()).toContainEqual(['failed', 5, 'TypeError: Failed to fetch'])
    expect(calls()).toContainEqual(['failed', 6, expect.stringContaining('SyntaxError')])
  })

  test('that are cancelled are aborted, and nothing is said about them', async () => {
    let signal: AbortSignal | undefined
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      signal = init.signal!
      return new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)))
    })
    start(5, { url: 'https://api.example/x' })
    last().imports.cancel(5)
    await settled()
    expect(signal!.aborted).toBe(true)
    expect(calls()).toEqual([])
  })
})

describe('a trap', () => {
  const trapNow = async () => {
    last().during = (name) => name === 'message' && trap()
    host.message(3, 'x')
    await settled()
  }

  test('replaces the instance, ends its fetches and timers, and tells every port', async () => {
    let signal: AbortSignal | undefined
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      signal = init.signal!
      return new Promise(() => {})
    })
    last().imports.fetch(5, ...last().text('{"url":"https://api.example/x"}'))
    last().imports.timer(1, 10)
    host.message(4, 'y')
    await trapNow()
    expect(sent).toEqual([
      [4, '{"op":"restarted"}'],
      [3, '{"op":"restarted"}'],
    ])
    expect(signal!.aborted).toBe(true)
    vi.advanceTimersByTime(10)
    expect(instances).toHaveLength(2)
    host.message(3, 'hello')
    expect(calls()).toEqual([['message', 3, 'hello']])
  })

  test('for the third time within a minute is the end', async () => {
    for (let n = 0; n < 3; n++) await trapNow()
    expect(sent.at(-1)![1]).toBe(
      '{"op":"failed","error":{"name":"InternalError","message":"runtime: RuntimeError: unreachable"}}',
    )
    expect(host.running).toBe(false)
    host.message(3, 'hello')
    await settled()
    expect(instances).toHaveLength(3)
  })

  test('is told to a port that comes while the next instance starts, and what it says is heard', async () => {
    last().during = () => trap()
    host.message(3, 'x')
    host.message(4, 'hello')
    await settled()
    expect(calls()).toEqual([['message', 4, 'hello']])
  })

  test('a minute after two others is the first again', async () => {
    await trapNow()
    await trapNow()
    vi.advanceTimersByTime(60_000)
    await trapNow()
    expect(sent.map(([, text]) => text)).toEqual(Array(3).fill('{"op":"restarted"}'))
  })

  test('while an instance starts counts too', async () => {
    instantiate.mockRejectedValue(new WebAssembly.LinkError('import'))
    await trapNow()
    await settled()
    expect(sent.at(-1)![1]).toContain('LinkError')
  })
})

describe('a memory that has grown', () => {
  const megabytes = (count: number) => last().memory.grow(count * 16)
  const receive = async (bytes: number) => {
    vi.stubGlobal('fetch', async () => new Response(new Uint8Array(bytes)))
    last().imports.fetch(7, ...last().text('{"url":"https://api.example/x"}'))
    await settled()
  }
  beforeEach(() => host.message(3, 'hello'))

  test('is given back after a quiet minute, and every port is told', async () => {
    megabytes(32)
    await receive(10)
    vi.advanceTimersByTime(59_999)
    expect(instances).toHaveLength(1)
    vi.advanceTimersByTime(1)
    await settled()
    expect(instances).toHaveLength(2)
    expect(sent).toEqual([[3, '{"op":"restarted"}']])
  })

  test('stays while much comes, and while it is not large', async () => {
    megabytes(30)
    await receive(10)
    vi.advanceTimersByTime(600_000)
    megabytes(2)
    await receive(10)
    vi.advanceTimersByTime(30_000)
    await receive(100_000)
    vi.advanceTimersByTime(30_000)
    await settled()
    expect(instances).toHaveLength(1)
    vi.advanceTimersByTime(60_000)
    await settled()
    expect(instances).toHaveLength(2)
  })

  test('may be twice as large the next time', async () => {
    for (const [size, many] of [[32, 2], [32, 2], [32, 3]] as const) {
      megabytes(size)
      await receive(10)
      vi.advanceTimersByTime(60_000)
      await settled()
      expect(instances).toHaveLength(many)
    }
    expect(host.running).toBe(true)
  })
})
