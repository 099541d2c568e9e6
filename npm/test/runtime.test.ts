import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RuntimeMessage } from '../src/protocol.js'
import type { Greeting } from '../src/worker.js'
import { FakeLocks } from './fakeLocks.js'
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

/** A worker whose script a test runs, or breaks; dedicated, or shared. */
class FakeWorker {
  static created: FakeWorker[] = []
  posted: unknown[] = []
  onmessage: (event: { data: unknown }) => void = () => {}
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
  /** What the script says when it runs. */
  runs(greeting: Greeting = { running: false }) {
    this.onmessage({ data: greeting })
  }
  say(message: RuntimeMessage) {
    this.onmessage({ data: JSON.stringify(message) })
  }
}

class FakeDedicatedWorker extends FakeWorker {
  terminated = false
  terminate() {
    this.terminated = true
  }
}

class FakeSharedWorker extends FakeWorker {
  readonly port = this
  /** The lock that this page told the worker of. */
  get pageLock() {
    return this.posted.find((data): data is { lock: string } => typeof data === 'object' && 'lock' in data!)!.lock
  }
}

const emptyModule = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0])
const wasm = (bytes: Uint8Array<ArrayBuffer> | string = emptyModule, type = 'application/wasm', status = 200) =>
  new Response(bytes, { status, headers: { 'content-type': type } })

let fetch: ReturnType<typeof vi.fn<(url: URL) => Promise<Response>>>
let locks: FakeLocks
let runtime: typeof import('../src/runtime.js')
let received: RuntimeMessage[]

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.resetModules()
  FakeWorker.created = []
  received = []
  fetch = vi.fn(async (_url: URL) => wasm())
  locks = new FakeLocks()
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('navigator', { locks })
  vi.stubGlobal('Worker', FakeDedicatedWorker)
  runtime = await import('../src/runtime.js')
})

afterEach(() => {
  vi.useRealTimers()
})

const worker = () => FakeWorker.created.at(-1) as FakeDedicatedWorker & FakeSharedWorker
const hello = '{"op":"hello","protocol":1}'
const texts = () => worker().posted.filter((data) => typeof data === 'string')
const connect = () => runtime.connect((message) => received.push(message))

/** Loading takes turns of the event loop that no promise of the test waits for. */
const until = async (condition: () => unknown) => {
  while (!condition()) await settled()
}

/** Lets the n-th worker run its script, and its runtime answer. */
const answers = async (nth = 1, greeting?: Greeting) => {
  await until(() => FakeWorker.created.length === nth)
  worker().runs(greeting)
  await until(() => texts().length)
  worker().say({ op: 'ready', protocol: 1 })
}

describe('in a dedicated worker', () => {
  test('runtime.wasm and the hello are posted when the script runs, and ready connects', async () => {
    let deliver = () => {}
    fetch.mockReturnValueOnce(new Promise((resolve) => (deliver = () => resolve(wasm()))))
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    expect(String(worker().url)).toMatch(/\/worker\.js$/)
    expect(worker().options).toEqual({ type: 'module' })
    worker().runs()
    await vi.advanceTimersByTimeAsync(60_000) // what is still on its way is not dead
    deliver()
    await until(() => worker().posted.length === 2)
    expect(worker().posted).toEqual([{ wasm: emptyModule.buffer }, hello])
    worker().say({ op: 'ready', protocol: 1 })
    const connected = await connecting
    expect(connected.home).toBe('dedicated')
    connected.post({ op: 'close', sub: 1 })
    expect(worker().posted[2]).toBe('{"op":"close","sub":1}')
    worker().say({ op: 'forget', feeds: [1] })
    connected.close()
    expect(worker().terminated).toBe(true)
    worker().say({ op: 'forget', feeds: [2] })
    expect(received).toEqual([{ op: 'forget', feeds: [1] }])
  })

  test('preload starts the one that connect takes', async () => {
    runtime.preload()
    const connecting = connect()
    await answers()
    await connecting
    expect(FakeWorker.created).toHaveLength(1)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  test('a module that is compiled already is posted as it is', async () => {
    const wasmModule = await WebAssembly.compile(emptyModule)
    vi.stubGlobal('SharedWorker', FakeSharedWorker)
    runtime.configureRuntime({ wasmModule })
    const connecting = connect()
    await answers()
    await connecting
    expect(worker()).toBeInstanceOf(FakeDedicatedWorker)
    expect(worker().posted[0]).toEqual({ wasm: wasmModule })
  })

  test('a script that fails is followed by another worker, and three times within a minute is the end', async () => {
    const connecting = connect()
    await answers()
    await connecting
    for (const nth of [2, 3]) {
      worker().onerror({ message: 'out of memory' })
      await answers(nth)
      await until(() => received.length === nth - 1)
    }
    worker().onerror({ message: 'out of memory' })
    expect(received).toEqual([
      { op: 'restarted' },
      { op: 'restarted' },
      { op: 'failed', error: { name: 'InternalError', message: 'worker.js: out of memory' } },
    ])
    expect(FakeWorker.created.map((worker) => (worker as FakeDedicatedWorker).terminated)).toEqual([true, true, true])
  })
})

test('a home that was being looked for when the client let go is let go, too', async () => {
  const connecting = connect()
  await answers()
  const { close } = await connecting
  worker().onerror({ message: 'out of memory' })
  close()
  await answers(2)
  await until(() => worker().terminated)
  expect(received).toEqual([])
})

describe('in a shared worker', () => {
  beforeEach(() => vi.stubGlobal('SharedWorker', FakeSharedWorker))

  const connected = async (greeting?: Greeting) => {
    const connecting = connect()
    await answers(1, greeting)
    return connecting
  }

  test('which is named after the build', async () => {
    await connected()
    expect(worker()).toBeInstanceOf(FakeSharedWorker)
    expect(String(worker().url)).toMatch(/\/worker\.js$/)
    expect(worker().options).toEqual({ type: 'module', name: 'runwire' })
  })

  test('which runs for another page already needs no runtime.wasm', async () => {
    const { home } = await connected({ running: true })
    expect(worker().posted).toEqual([{ lock: worker().pageLock }, hello])
    expect(home).toBe('shared')
  })

  test('which runs for another page already is connected to, even if runtime.wasm cannot be had', async () => {
    fetch.mockRejectedValueOnce(new TypeError('fetch failed'))
    await connected({ running: true })
  })

  test('the page holds a lock until it closes', async () => {
    const { close } = await connected()
    expect(locks.held).toEqual([worker().pageLock])
    close()
    await settled()
    expect(locks.held).toEqual([])
  })

  test('whose lock is free is dead, and is followed by another', async () => {
    void locks.request('worker 1', () => new Promise(() => {}))
    const { post } = await connected({ running: true, lock: 'worker 1' })
    worker().say({ op: 'forget', feeds: [1] })
    const [dead] = FakeWorker.created
    locks.die('worker 1')
    await answers(2)
    await until(() => received.length === 2)
    expect(received).toEqual([{ op: 'forget', feeds: [1] }, { op: 'restarted' }])
    post({ op: 'close', sub: 1 })
    expect(texts()).toEqual([hello, '{"op":"close","sub":1}'])
    dead!.say({ op: 'forget', feeds: [2] })
    expect(received).toHaveLength(2)
  })

  test('an instance that another page shared and that does not live to answer is followed by one that does', async () => {
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    worker().runs({ running: true })
    await until(() => texts().length)
    worker().say({ op: 'restarted' })
    expect(texts()).toEqual([hello, hello])
    worker().say({ op: 'ready', protocol: 1 })
    await connecting
  })

  test('a preloaded one that dies before it is used is no news', async () => {
    runtime.preload()
    await answers()
    await settled()
    worker().say({ op: 'failed', error: { name: 'InternalError', message: 'three traps of another page' } })
    const connecting = connect()
    await answers(2)
    await connecting
    expect(received).toEqual([])
  })

  test.each<[string, () => void]>([
    ['is not to be had', () => vi.stubGlobal('SharedWorker', undefined)],
    ['could not know when a page is gone', () => vi.stubGlobal('navigator', {})],
    ['is not wanted', () => runtime.configureRuntime({ worker: 'dedicated' })],
  ])('that %s is a dedicated one', async (_why, arrange) => {
    arrange()
    await connected()
    expect(FakeWorker.created).toEqual([expect.any(FakeDedicatedWorker)])
  })

  test('that does not answer is followed by a dedicated one, which has what is left of the time for the script', async () => {
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    await vi.advanceTimersByTimeAsync(4999)
    expect(FakeWorker.created).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    await connecting
    expect(FakeWorker.created).toEqual([expect.any(FakeSharedWorker), expect.any(FakeDedicatedWorker)])
    expect(worker().terminated).toBe(true)
    await settled()
    expect(locks.held).toEqual([])
  })
})

describe('on the page', () => {
  const connectsOnThePage = async (connecting: Promise<unknown>) => {
    await connecting
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(FakeWorker.created.every((worker) => (worker as FakeDedicatedWorker).terminated)).toBe(true)
  }

  test('when the worker’s script cannot be loaded', async () => {
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    worker().onerror({})
    await connectsOnThePage(connecting)
  })

  test('when the worker’s script runs and its runtime does not answer in time', async () => {
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    worker().runs()
    await until(() => worker().posted.length === 2)
    await vi.advanceTimersByTimeAsync(2000)
    await connectsOnThePage(connecting)
  })

  test('when the worker speaks another protocol', async () => {
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    worker().runs()
    await until(() => worker().posted.length === 2)
    worker().say({ op: 'failed', error: { name: 'InternalError', message: 'protocol 2' } })
    await connectsOnThePage(connecting)
  })

  test('when the constructor throws, and when there is none', async () => {
    vi.stubGlobal('Worker', () => {
      throw new Error('SecurityError')
    })
    await connect()
    vi.stubGlobal('Worker', undefined)
    await connect()
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  test('when configureRuntime says so', async () => {
    const wasmModule = await WebAssembly.compile(emptyModule)
    runtime.configureRuntime({ wasmModule, worker: false })
    expect((await connect()).home).toBe('page')
    expect(FakeWorker.created).toEqual([])
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('runtime.wasm', () => {
  beforeEach(() => runtime.configureRuntime({ worker: false }))

  test('is compiled when it is served with another type', async () => {
    fetch.mockResolvedValueOnce(wasm(emptyModule, 'application/octet-stream'))
    await connect()
  })

  test('that is an HTML page says where it was looked for and what to do, and is tried again', async () => {
    runtime.configureRuntime({ worker: false, wasmURL: 'https://app.example/runtime.wasm?v=1' })
    fetch.mockResolvedValueOnce(wasm('<!doctype html>', 'text/html'))
    await expect(connect()).rejects.toThrow(
      'load https://app.example/runtime.wasm: the server answered 200 with text/html, which is not WebAssembly. ' +
        'Serve runtime.wasm of @runwire/react-hooks there, or say where it is: configureRuntime({ wasmURL })',
    )
    await connect()
    expect(fetch.mock.calls.map(([url]) => String(url))).toEqual(Array(2).fill('https://app.example/runtime.wasm?v=1'))
  })

  test('that is missing, or that no network brings, says so', async () => {
    fetch.mockResolvedValueOnce(wasm('', 'application/wasm', 404))
    await expect(connect()).rejects.toThrow('the server answered 404')
    fetch.mockRejectedValueOnce(new TypeError('fetch failed'))
    await expect(connect()).rejects.toThrow('runtime.wasm: fetch failed.')
  })

  test('that fails fails the worker and the page with one error', async () => {
    runtime.configureRuntime({})
    fetch.mockRejectedValueOnce(new TypeError('fetch failed'))
    const connecting = connect()
    await until(() => FakeWorker.created.length)
    worker().runs()
    await expect(connecting).rejects.toThrow('runtime.wasm: fetch failed.')
    expect(worker().terminated).toBe(true)
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})
