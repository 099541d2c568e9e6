import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Host } from '../src/host.js'
import type { Greeting } from '../src/worker.js'
import { FakeLocks } from './fakeLocks.js'
import { settled } from './fakeRuntime.js'

const hosts: FakeHost[] = []
class FakeHost implements Partial<Host> {
  running = true
  heard: unknown[][] = []
  constructor(
    readonly wasm: unknown,
    readonly send: (port: number, text: string) => void,
  ) {
    hosts.push(this)
  }
  message(port: number, text: string) {
    this.heard.push([port, text])
  }
  detach(port: number) {
    this.heard.push([port, 'gone'])
  }
}
vi.mock('../src/host.js', () => ({ Host: FakeHost }))

let locks: FakeLocks
let scope: EventTarget & { postMessage: (data: unknown) => void; onmessage: (event: { data: unknown }) => void }

/** Runs the script in a worker's global scope. */
async function run(kind: 'shared' | 'dedicated') {
  hosts.length = 0
  locks = new FakeLocks()
  const target = new EventTarget()
  for (const name of ['addEventListener', 'dispatchEvent'] as const) vi.stubGlobal(name, target[name].bind(target))
  if (kind === 'shared') vi.stubGlobal('onconnect', null)
  vi.stubGlobal('navigator', { locks })
  vi.stubGlobal('postMessage', vi.fn())
  scope = globalThis as unknown as typeof scope
  vi.resetModules()
  await import('../src/worker.js')
}

/** A page that has connected. */
async function connect() {
  const port = { heard: [] as unknown[], postMessage: (data: unknown) => void port.heard.push(data), close: vi.fn(), onmessage: scope.onmessage }
  scope.dispatchEvent(Object.assign(new Event('connect'), { ports: [port] }))
  await settled()
  return { heard: port.heard, close: port.close, say: (data: unknown) => port.onmessage({ data }) }
}

const wasm = new ArrayBuffer(8)

describe('a shared worker', () => {
  beforeEach(() => run('shared'))

  test('serves every page as a port of one host, which the first one brings runtime.wasm for', async () => {
    const [first, second] = [await connect(), await connect()]
    expect(first.heard).toEqual([{ running: false, lock: locks.held[0] }])
    expect(second.heard).toEqual(first.heard)
    first.say({ wasm })
    first.say('one')
    second.say({ wasm: new ArrayBuffer(9) })
    second.say('two')
    const late = await connect()
    expect((late.heard[0] as Greeting).running).toBe(true)
    late.say('three')
    expect(hosts).toHaveLength(1)
    expect(hosts[0]!.wasm).toBe(wasm)
    expect(hosts[0]!.heard).toEqual([[1, 'one'], [2, 'two'], [3, 'three']])
    hosts[0]!.send(2, 'text')
    expect([first, second, late].map(({ heard }) => heard.slice(1))).toEqual([[], ['text'], []])
  })

  test('drops a page when its lock is free', async () => {
    const [first, second] = [await connect(), await connect()]
    first.say({ wasm })
    for (const [page, lock] of [[first, 'first'], [second, 'second']] as const) {
      void locks.request(lock, () => new Promise(() => {}))
      page.say({ lock })
    }
    locks.die('first')
    expect(hosts[0]!.heard).toEqual([[1, 'gone']])
    expect(first.close).toHaveBeenCalled()
    hosts[0]!.send(1, 'for nobody')
    expect(first.heard).toHaveLength(1)
    expect(second.close).not.toHaveBeenCalled()
  })

  test('makes another host for the next page when the one it has has trapped too often', async () => {
    const first = await connect()
    first.say({ wasm })
    hosts[0]!.running = false
    const next = await connect()
    expect((next.heard[0] as Greeting).running).toBe(false)
    next.say({ wasm })
    next.say('hello')
    expect(hosts[1]!.heard).toEqual([[2, 'hello']])
  })
})

test('a dedicated worker serves its page', async () => {
  await run('dedicated')
  expect(scope.postMessage).toHaveBeenCalledWith({ running: false })
  scope.onmessage({ data: { wasm } })
  scope.onmessage({ data: 'hello' })
  expect(hosts[0]!.heard).toEqual([[1, 'hello']])
  hosts[0]!.send(1, 'ready')
  expect(scope.postMessage).toHaveBeenLastCalledWith('ready')
})
