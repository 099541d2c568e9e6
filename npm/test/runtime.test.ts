import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RuntimeMessage } from '../src/protocol.js'
import { settled } from './fakeRuntime.js'

vi.mock('../src/host.js', () => ({
  Host: class {
    constructor(_module: unknown, send: (port: number, text: string) => void) {
      this.send = send
    }
    send
    message(port: number, text: string) {
      if (JSON.parse(text).op === 'hello') this.send(port, '{"op":"ready","protocol":1}')
    }
    close() {}
  },
}))

/** A worker whose script a test runs, or breaks. */
class FakeWorker {
  static created: FakeWorker[] = []
  posted: unknown[] = []
  terminated = false
  onmessage: (event: { data: string }) => void = () => {}
  onerror: (event: object) => void = () => {}

  constructor(
    readonly url: URL,
    readonly options: object,
  ) {
    FakeWorker.created.push(this)
  }
  postMessage(data: unknown) {
    this.posted.push(data)
  }
  terminate() {
    this.terminated = true
  }
  say(message: RuntimeMessage | '') {
    this.onmessage({ data: message && JSON.stringify(message) })
  }
}

const emptyModule = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0])
const wasm = (bytes: Uint8Array<ArrayBuffer> | string = emptyModule, type = 'application/wasm', status = 200) =>
  new Response(bytes, { status, headers: { 'content-type': type } })

let fetch: ReturnType<typeof vi.fn<(url: URL) => Promise<Response>>>
let runtime: typeof import('../src/runtime.js')

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.resetModules()
  FakeWorker.created = []
  fetch = vi.fn(async (_url: URL) => wasm())
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('Worker', FakeWorker)
  runtime = await import('../src/runtime.js')
})

afterEach(() => {
  vi.useRealTimers()
})

const worker = () => FakeWorker.created.at(-1)!
const hello = '{"op":"hello","protocol":1}'

/** Compiling takes turns of the event loop that no promise of the test waits for. */
const until = async (condition: () => unknown) => {
  while (!condition()) await settled()
}

describe('in a worker', () => {
  test('the module and the hello are posted when the script runs, and ready connects', async () => {
    const received: RuntimeMessage[] = []
    const connecting = runtime.connect((message) => received.push(message))
    await until(() => FakeWorker.created.length)
    expect(String(worker().url)).toMatch(/\/worker\.js$/)
    expect(worker().options).toEqual({ type: 'module' })
    await until(() => fetch.mock.calls.length)
    await vi.advanceTimersByTimeAsync(60_000) // a script that is still on its way is not dead
    worker().say('')
    await until(() => worker().posted.length === 2)
    expect(worker().posted).toEqual([expect.any(WebAssembly.Module), hello])
    worker().say({ op: 'ready', protocol: 1 })
    const connected = await connecting
    connected.post({ op: 'close', sub: 1 })
    expect(worker().posted[2]).toBe('{"op":"close","sub":1}')
    worker().say({ op: 'restarted' })
    worker().onerror({ message: 'out of memory' })
    expect(received).toEqual([
      { op: 'restarted' },
      { op: 'failed', error: { name: 'InternalError', message: 'worker.js: out of memory' } },
    ])
    connected.close()
    expect(worker().terminated).toBe(true)
    worker().say({ op: 'restarted' })
    expect(received).toHaveLength(2)
  })

  test('preload starts the one that connect takes', async () => {
    runtime.preload()
    const connecting = runtime.connect(() => {})
    await until(() => FakeWorker.created.length)
    worker().say('')
    await until(() => worker().posted.length === 2)
    worker().say({ op: 'ready', protocol: 1 })
    await connecting
    expect(FakeWorker.created).toHaveLength(1)
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})

describe('on the page', () => {
  const connectsOnThePage = async (connecting: Promise<unknown>) => {
    await connecting
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(FakeWorker.created.every(({ terminated }) => terminated)).toBe(true)
  }

  test('when the worker’s script cannot be loaded', async () => {
    const connecting = runtime.connect(() => {})
    await until(() => FakeWorker.created.length)
    worker().onerror({})
    await connectsOnThePage(connecting)
  })

  test('when the worker’s script runs and its runtime does not answer in time', async () => {
    const connecting = runtime.connect(() => {})
    await until(() => FakeWorker.created.length)
    worker().say('')
    await until(() => worker().posted.length === 2)
    await vi.advanceTimersByTimeAsync(2000)
    await connectsOnThePage(connecting)
  })

  test('when the worker speaks another protocol', async () => {
    const connecting = runtime.connect(() => {})
    await until(() => FakeWorker.created.length)
    worker().say('')
    await until(() => worker().posted.length === 2)
    worker().say({ op: 'failed', error: { name: 'InternalError', message: 'protocol 2' } })
    await connectsOnThePage(connecting)
  })

  test('when the constructor throws, and when there is none', async () => {
    vi.stubGlobal('Worker', () => {
      throw new Error('SecurityError')
    })
    await runtime.connect(() => {})
    vi.stubGlobal('Worker', undefined)
    await runtime.connect(() => {})
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  test('when configureRuntime says so', async () => {
    const wasmModule = await WebAssembly.compile(emptyModule)
    runtime.configureRuntime({ wasmModule, worker: false })
    await runtime.connect(() => {})
    expect(FakeWorker.created).toEqual([])
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('runtime.wasm', () => {
  beforeEach(() => runtime.configureRuntime({ worker: false }))

  test('is compiled when it is served with another type', async () => {
    fetch.mockResolvedValueOnce(wasm(emptyModule, 'application/octet-stream'))
    await runtime.connect(() => {})
  })

  test('that is an HTML page says where it was looked for and what to do, and is tried again', async () => {
    runtime.configureRuntime({ worker: false, wasmURL: 'https://app.example/runtime.wasm?v=1' })
    fetch.mockResolvedValueOnce(wasm('<!doctype html>', 'text/html'))
    await expect(runtime.connect(() => {})).rejects.toThrow(
      'load https://app.example/runtime.wasm: the server answered 200 with text/html, which is not WebAssembly. ' +
        'Serve runtime.wasm of @runwire/react-hooks there, or say where it is: configureRuntime({ wasmURL })',
    )
    await runtime.connect(() => {})
    expect(fetch.mock.calls.map(([url]) => String(url))).toEqual(Array(2).fill('https://app.example/runtime.wasm?v=1'))
  })

  test('that is missing, or that no network brings, says so', async () => {
    fetch.mockResolvedValueOnce(wasm('', 'application/wasm', 404))
    await expect(runtime.connect(() => {})).rejects.toThrow('the server answered 404')
    fetch.mockRejectedValueOnce(new TypeError('fetch failed'))
    await expect(runtime.connect(() => {})).rejects.toThrow('runtime.wasm: fetch failed.')
  })

  test('that fails fails the worker and the page with one error', async () => {
    runtime.configureRuntime({})
    fetch.mockRejectedValueOnce(new TypeError('fetch failed'))
    await expect(runtime.connect(() => {})).rejects.toThrow('runtime.wasm: fetch failed.')
    expect(worker().terminated).toBe(true)
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})
