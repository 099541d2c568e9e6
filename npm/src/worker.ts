// The worker, shared or dedicated: every page that connects is a port of one host.
import { Host } from './host.js'
import { holdLock, onRelease } from './locks.js'

/** What a page says: the lock that it holds, runtime.wasm if the worker has no runtime yet, and texts for the runtime. */
export type PageToWorker = { lock: string } | { wasm: ArrayBuffer | WebAssembly.Module } | string

/** What a worker says: first whether it has a runtime, and the lock that it holds if it is shared; then the runtime's texts. */
export type WorkerToPage = Greeting | string
export type Greeting = { running: boolean; lock?: string }

type Port = Pick<MessagePort, 'onmessage' | 'postMessage' | 'close'>

const ports = new Map<number, Port>()
let host: Host | undefined
let lastPort = 0

function serve(port: Port, lock?: string): void {
  const number = ++lastPort
  ports.set(number, port)
  port.onmessage = ({ data }: MessageEvent<PageToWorker>) => {
    if (typeof data === 'string') host?.message(number, data)
    else if ('wasm' in data) start(data.wasm)
    else onRelease(data.lock, () => drop(number))
  }
  port.postMessage({ running: host?.running ?? false, ...(lock && { lock }) } satisfies Greeting)
}

// Pages that connect at one time all bring runtime.wasm; the first one counts.
function start(wasm: ArrayBuffer | WebAssembly.Module): void {
  if (!host?.running) host = new Host(wasm, (port, text) => ports.get(port)?.postMessage(text))
}

function drop(port: number): void {
  ports.get(port)?.close()
  ports.delete(port)
  host?.detach(port)
}

if ('onconnect' in globalThis) {
  const lock = holdLock()
  addEventListener('connect', async (event) => serve((event as MessageEvent).ports[0]!, await lock))
} else {
  serve(globalThis as unknown as Port)
}
