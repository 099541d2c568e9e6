import { Deaths } from './deaths.js'
import { instantiate } from './instantiate.js'
import type { RuntimeMessage } from './protocol.js'

/** What runtime.wasm exports (wasm/main.go). Bytes are written where `alloc` says, just before the call that reads them. */
export interface Exports {
  readonly memory: WebAssembly.Memory
  alloc(length: number): number
  boot(now: number, seedLow: number, seedHigh: number): void
  message(now: number, port: number, length: number): void
  detach(now: number, port: number): void
  response(now: number, fetch: number, status: number, length: number): void
  chunk(now: number, fetch: number, length: number): void
  ended(now: number, fetch: number): void
  failed(now: number, fetch: number, length: number): void
  timer(now: number, timer: number): void
}

// setTimeout takes no longer delay: it would fire at once. Unit: ms. The runtime looks at the clock when a timer fires early.
const longestTimer = 2 ** 31 - 1

// A WebAssembly memory never shrinks. An instance whose memory is larger than this is replaced after a minute in which
// little came; then the limit doubles, because what is shown may need as much again. Source: chosen; a stream of 100,000
// parts takes 64 MiB (docs/bench.md), and needs none of it any more when it is on the screen.
const memoryLimit = 32 * 2 ** 20 // bytes
const quiet = 60_000 // ms
const little = 64 * 2 ** 10 // bytes

/**
 * Runs runtime.wasm: fetches, timers and messages, for the worker and for the page alike. What the runtime calls never
 * throws, and never calls it back before it has returned. When an instance traps, another takes its place.
 */
export class Host {
  readonly #module: WebAssembly.Module | Promise<WebAssembly.Module>
  readonly #send: (port: number, text: string) => void
  readonly #ports = new Set<number>()
  readonly #fetches = new Map<number, AbortController>()
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()
  #exports: Exports | undefined
  #calls: ((exports: Exports) => void)[] = []
  #calling = false
  readonly #traps = new Deaths()
  #memoryLimit = memoryLimit
  #received = 0 // bytes, in this minute
  #minute: ReturnType<typeof setTimeout> | undefined
  #dead = false

  /** `send` carries the runtime's messages to a port. */
  constructor(wasm: ArrayBuffer | WebAssembly.Module, send: (port: number, text: string) => void) {
    this.#module = wasm instanceof ArrayBuffer ? WebAssembly.compile(wasm) : wasm
    this.#send = send
    void this.#boot()
  }

  /** False once it has been closed, or has trapped too often. */
  get running(): boolean {
    return !this.#dead
  }

  /** Gives the runtime a message of a port. */
  message(port: number, text: string): void {
    this.#ports.add(port)
    this.#call((exports) => exports.message(Date.now(), port, write(exports, text)))
  }

  /** Tells the runtime that a port is gone. */
  detach(port: number): void {
    this.#ports.delete(port)
    this.#call((exports) => exports.detach(Date.now(), port))
  }

  /** Ends the instance and all that it waits for. */
  close(): void {
    this.#dead = true
    this.#clear()
  }

  #clear(): void {
    for (const fetch of this.#fetches.values()) fetch.abort()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#fetches.clear()
    this.#timers.clear()
    clearTimeout(this.#minute)
    this.#minute = undefined
    this.#exports = undefined
    this.#calls = []
  }

  async #boot(): Promise<void> {
    try {
      const exports = await instantiate(await this.#module, this.#imports())
      if (this.#dead) return
      this.#exports = exports
    } catch (error) {
      return this.#trapped(error)
    }
    const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2))
    this.#calls.unshift((exports) => exports.boot(Date.now(), low, high))
    this.#run()
  }

  #call(call: (exports: Exports) => void): void {
    this.#calls.push(call)
    this.#run()
  }

  #run(): void {
    if (this.#calling) return
    this.#calling = true
    try {
      while (this.#exports && this.#calls.length > 0) this.#calls.shift()!(this.#exports)
    } catch (error) {
      this.#trapped(error)
    } finally {
      this.#calling = false
    }
  }

  #trapped(error: unknown): void {
    this.#dead = this.#traps.another()
    if (this.#dead) {
      this.#clear()
      this.#broadcast({ op: 'failed', error: { name: 'InternalError', message: `runtime: ${String(error)}` } })
    } else this.#restart()
  }

  // Every page opens again what it had, from where it was.
  #restart(): void {
    this.#clear()
    this.#broadcast({ op: 'restarted' })
    void this.#boot()
  }

  #watchMemory(): void {
    if (this.#minute !== undefined || this.#exports!.memory.buffer.byteLength <= this.#memoryLimit) return
    this.#received = 0
    this.#minute = setTimeout(() => {
      this.#minute = undefined
      if (this.#received > little) return this.#watchMemory()
      this.#memoryLimit *= 2
      this.#restart()
    }, quiet)
  }

  #broadcast(message: RuntimeMessage): void {
    for (const port of this.#ports) this.#send(port, JSON.stringify(message))
  }

  #imports() {
    return {
      fetch: (id: number, pointer: number, length: number) => void this.#fetch(id, this.#read(pointer, length)),
      cancel: (id: number) => {
        this.#fetches.get(id)?.abort()
        this.#fetches.delete(id)
      },
      timer: (id: number, delay: number) => {
        clearTimeout(this.#timers.get(id))
        this.#timers.delete(id)
        if (!(delay >= 0)) return
        const fire = () => {
          this.#timers.delete(id)
          this.#call((exports) => exports.timer(Date.now(), id))
        }
        this.#timers.set(id, setTimeout(fire, Math.min(delay, longestTimer)))
      },
      post: (port: number, pointer: number, length: number) => this.#send(port, this.#read(pointer, length)),
    }
  }

  async #fetch(id: number, request: string): Promise<void> {
    const abort = new AbortController()
    this.#fetches.set(id, abort)
    // After `cancel`, or the end of the instance, nothing is said about this fetch.
    const report = (call: (exports: Exports) => void) =>
      this.#call((exports) => {
        if (this.#fetches.get(id) === abort) call(exports)
      })
    try {
      await undefined // what the runtime posts goes out first: somebody waits for it, and a request takes a while to begin
      const { url, ...init } = JSON.parse(request) as { url: string } & RequestInit
      const response = await fetch(url, { ...init, signal: abort.signal })
      const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\n`).join('')
      report((exports) => exports.response(Date.now(), id, response.status, write(exports, headers)))
      const reader = response.body?.getReader()
      for (;;) {
        const { value } = (await reader?.read()) ?? {}
        if (!value) break
        report((exports) => {
          exports.chunk(Date.now(), id, write(exports, value))
          this.#received += value.length
          this.#watchMemory()
        })
      }
      report((exports) => exports.ended(Date.now(), id))
    } catch (error) {
      report((exports) => exports.failed(Date.now(), id, write(exports, String(error))))
    }
    if (this.#fetches.get(id) === abort) this.#fetches.delete(id)
  }

  // Only while the runtime calls: its bytes may move, or be used again, as soon as it goes on.
  #read(pointer: number, length: number): string {
    return new TextDecoder().decode(new Uint8Array(this.#exports!.memory.buffer, pointer, length))
  }
}

function write({ alloc, memory }: Exports, data: string | Uint8Array): number {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  const pointer = alloc(bytes.length) >>> 0
  // The view is made after the call, in which memory may have grown.
  new Uint8Array(memory.buffer, pointer, bytes.length).set(bytes)
  return bytes.length
}
