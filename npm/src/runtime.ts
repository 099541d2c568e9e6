import { Deaths } from './deaths.js'
import { findHome } from './home.js'
import type { Home, Wasm } from './home.js'
import { watchVisits } from './page.js'
import type { PageMessage, RuntimeMessage } from './protocol.js'

/** Where the runtime is and where it runs. Nothing needs to be set when the app's bundler follows `new URL(…, import.meta.url)`. */
export interface RuntimeOptions {
  /** The address of `runtime.wasm`, when it is not served beside this module. */
  wasmURL?: string | URL
  /** `runtime.wasm` compiled already; nothing is fetched then. No shared worker can be given one: it runs in a dedicated worker. */
  wasmModule?: WebAssembly.Module
  /**
   * Where to run: in one worker for all tabs of the origin, in a worker of this page, or (`false`) on the page.
   * Default: `'shared'`. What cannot run is followed by the next.
   */
  worker?: 'shared' | 'dedicated' | false
}

/** A runtime that has answered. */
export interface Runtime {
  /** Where it runs now. */
  readonly home: Home['kind']
  post(message: PageMessage): void
  close(): void
}

let options: RuntimeOptions = {}
let loaded: Promise<Wasm> | undefined
let warm: Promise<Home> | undefined

/** Overrides where the runtime comes from. Call it before the first hook renders; a runtime that is in use stays. */
export function configureRuntime(newOptions: RuntimeOptions): void {
  options = newOptions
  loaded = undefined
  cool()
}

/** Starts a runtime ahead of its first use. That it failed is told to whoever connects. */
export function preload(): void {
  warm ??= start()
  warm.then((home) => (home.onDeath = cool), () => {})
  watchVisits(cool, () => {})
}

function cool(): void {
  warm?.then((home) => home.close(), () => {})
  warm = undefined
}

/**
 * Connects to a runtime, the one that was preloaded if there is one. May be tried again when it fails. A home that dies is
 * followed by another, and so is the one that a page leaves when it goes into the back/forward cache.
 */
export async function connect(receive: (message: RuntimeMessage) => void): Promise<Runtime> {
  const starting = warm ?? start()
  warm = undefined
  let home = await starting
  let moves = 0
  const deaths = new Deaths()

  const fail = ({ message }: Error) => receive({ op: 'failed', error: { name: 'InternalError', message } })
  const leave = () => {
    moves++
    home.onText = home.onDeath = () => {} // what is on its way already is for nobody
    home.close()
  }
  const moveIn = () => {
    home.onText = (text) => receive(JSON.parse(text) as RuntimeMessage)
    home.onDeath = (error) => {
      leave()
      if (deaths.another()) fail(error)
      else void moveOn()
    }
  }
  const moveOn = async () => {
    const move = ++moves
    try {
      const next = await start()
      if (move !== moves) return next.close()
      home = next
      moveIn()
      receive({ op: 'restarted' })
    } catch (error) {
      if (move === moves) fail(error as Error)
    }
  }
  moveIn()
  const unwatch = watchVisits(leave, moveOn)
  return {
    get home() {
      return home.kind
    },
    post: (message) => home.post(JSON.stringify(message)),
    close: () => {
      unwatch()
      leave()
    },
  }
}

async function start(): Promise<Home> {
  const { worker = 'shared', wasmModule } = options
  // Every browser has the constructor. A page without it is a test's imitation of one, where hooks stay in their first state.
  if (worker !== false && typeof document === 'object' && typeof Worker !== 'function') return new Promise(() => {})
  const wasm = (loaded ??= load())
  wasm.catch(() => (loaded = undefined))
  // What is compiled cannot be posted to a shared worker.
  return findHome(wasm, wasmModule && worker ? 'dedicated' : worker)
}

// Whoever is to run the bytes compiles them: each tab has them at hand, so that any of them can start a worker again.
async function load(): Promise<Wasm> {
  if (options.wasmModule) return options.wasmModule
  let url = options.wasmURL
  try {
    // A bundle that is no ES module has no address of its own, and this throws.
    url ??= new URL('./runtime.wasm', import.meta.url)
    const response = await fetch(url)
    const bytes = await response.arrayBuffer()
    const isModule = String.fromCharCode(...new Uint8Array(bytes).subarray(0, 4)) === '\0asm'
    if (response.ok && isModule) return bytes
    const type = response.headers.get('content-type') ?? 'no content type'
    throw new Error(`the server answered ${response.status} with ${type}, which is not WebAssembly`)
  } catch (cause) {
    throw new Error(
      `load ${String(url ?? 'runtime.wasm').split(/[?#]/)[0]}: ${(cause as Error).message}. ` +
        'Serve runtime.wasm of @runwire/react-hooks there, or say where it is: configureRuntime({ wasmURL })',
      { cause },
    )
  }
}
