import { reviveError } from './errors.js'
import { protocol } from './protocol.js'
import type { PageMessage, RuntimeMessage } from './protocol.js'

/** Where the runtime is and where it runs. Nothing needs to be set when the app's bundler follows `new URL(…, import.meta.url)`. */
export interface RuntimeOptions {
  /** The address of `runtime.wasm`, when it is not served beside this module. */
  wasmURL?: string | URL
  /** `runtime.wasm` compiled already; nothing is fetched then. */
  wasmModule?: WebAssembly.Module
  /** `false` keeps the runtime on the page. Default: a dedicated worker, and the page where none can run. */
  worker?: 'dedicated' | false
}

/** A runtime that has answered. */
export interface Runtime {
  post(message: PageMessage): void
  close(): void
}

// What a worker and the page have in common: text goes in and out.
interface Home {
  post(text: string): void
  onText: (text: string) => void
  onDeath: (error: Error) => void
  close(): void
}

// How long a runtime that has its script and its module may take to say that it is ready. Starting takes it 1 to
// 60 ms; one that needs seconds is one that never will. Unit: ms. Source: chosen.
const answerDeadline = 2000

// How long the worker's script may still take when the module is there already, which is ten times its size and was asked
// for after it. A script that is swallowed on the way never comes. Unit: ms. Source: chosen.
const scriptDeadline = 5000

let options: RuntimeOptions = {}
let loaded: Promise<WebAssembly.Module> | undefined
let warm: Promise<Home> | undefined

/** Overrides where the runtime comes from. Call it before the first hook renders; a runtime that is in use stays. */
export function configureRuntime(newOptions: RuntimeOptions): void {
  options = newOptions
  loaded = undefined
  warm?.then((home) => home.close(), () => {})
  warm = undefined
}

/** Starts a runtime ahead of its first use. That it failed is told to whoever connects. */
export function preload(): void {
  warm ??= start()
  warm.catch(() => {})
}

/** Connects to a runtime, the one that was preloaded if there is one. May be tried again when it fails. */
export async function connect(receive: (message: RuntimeMessage) => void): Promise<Runtime> {
  const starting = warm ?? start()
  warm = undefined
  const home = await starting
  home.onText = (text) => receive(JSON.parse(text) as RuntimeMessage)
  home.onDeath = ({ message }) => receive({ op: 'failed', error: { name: 'InternalError', message } })
  return {
    post: (message) => home.post(JSON.stringify(message)),
    close: () => {
      home.onText = home.onDeath = () => {} // what is on its way already is for nobody
      home.close()
    },
  }
}

async function start(): Promise<Home> {
  // Every browser has the constructor. A page without it is a test's imitation of one, where hooks stay in their first state.
  if (options.worker !== false && typeof document === 'object' && typeof Worker !== 'function') return new Promise(() => {})
  const module = (loaded ??= load())
  module.catch(() => (loaded = undefined))
  if (options.worker !== false && typeof Worker === 'function') {
    try {
      return await startInWorker(module)
    } catch {
      // A worker can fail where the page works: a policy forbids it, its script is not served. If it was the module that failed,
      // the page fails with the same error.
    }
  }
  return startOnPage(await module)
}

async function startInWorker(module: Promise<WebAssembly.Module>): Promise<Home> {
  // Bundlers look for exactly this expression.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  const home: Home = {
    post: (text) => worker.postMessage(text),
    onText: () => {},
    onDeath: () => {},
    close: () => worker.terminate(),
  }
  worker.onmessage = ({ data }: MessageEvent<string>) => home.onText(data)
  worker.onmessageerror = () => home.onDeath(new Error('worker.js: a message could not be read'))
  worker.onerror = ({ message }) => home.onDeath(new Error(`worker.js: ${message ?? 'could not be loaded'}`))
  return answering(home, async (firstText) => {
    // A slow network may take any time to bring the module and the script; the script's first message says that it runs.
    const compiled = await module
    const late = setTimeout(() => home.onDeath(new Error('worker.js: did not arrive')), scriptDeadline)
    await firstText
    clearTimeout(late)
    worker.postMessage(compiled)
  })
}

async function startOnPage(module: WebAssembly.Module): Promise<Home> {
  const { Host } = await import('./host.js')
  const host = new Host(module, (_port, text) => queueMicrotask(() => home.onText(text)))
  const home: Home = {
    post: (text) => host.message(0, text),
    onText: () => {},
    onDeath: () => {},
    close: () => host.close(),
  }
  return answering(home, async () => {})
}

// Probes a home: resolves when its runtime is ready, and otherwise closes it and rejects.
function answering(home: Home, prepare: (firstText: Promise<string>) => Promise<void>): Promise<Home> {
  return new Promise<Home>((resolve, reject) => {
    let deadline: ReturnType<typeof setTimeout> | undefined
    const fail = (error: unknown) => {
      clearTimeout(deadline)
      home.close()
      reject(error)
    }
    home.onDeath = fail
    const firstText = new Promise<string>((resolve) => (home.onText = resolve))
    prepare(firstText).then(() => {
      home.onText = (text) => {
        const answer = JSON.parse(text) as RuntimeMessage
        if (answer.op !== 'ready') return fail(answer.op === 'failed' ? reviveError(answer.error) : new Error(text))
        clearTimeout(deadline)
        resolve(home)
      }
      deadline = setTimeout(() => fail(new Error('the runtime does not answer')), answerDeadline)
      home.post(JSON.stringify({ op: 'hello', protocol } satisfies PageMessage))
    }, fail)
  })
}

async function load(): Promise<WebAssembly.Module> {
  if (options.wasmModule) return options.wasmModule
  const url = options.wasmURL ?? new URL('./runtime.wasm', import.meta.url)
  try {
    const response = await fetch(url)
    const type = response.headers.get('content-type')
    if (response.ok && type === 'application/wasm') return await WebAssembly.compileStreaming(response)
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isModule = String.fromCharCode(...bytes.subarray(0, 4)) === '\0asm'
    if (response.ok && isModule) return await WebAssembly.compile(bytes)
    throw new Error(`the server answered ${response.status} with ${type ?? 'no content type'}, which is not WebAssembly`)
  } catch (cause) {
    throw new Error(
      `load ${String(url).split(/[?#]/)[0]}: ${(cause as Error).message}. ` +
        'Serve runtime.wasm of @runwire/react-hooks there, or say where it is: configureRuntime({ wasmURL })',
      { cause },
    )
  }
}
