import { reviveError } from './errors.js'
import { holdLock, onRelease } from './locks.js'
import { protocol } from './protocol.js'
import type { PageMessage, RuntimeMessage } from './protocol.js'
import type { Greeting, PageToWorker, WorkerToPage } from './worker.js'

/** Where a runtime lives. What workers and the page have in common: text goes in and out, and it can die. */
export interface Home {
  readonly kind: 'shared' | 'dedicated' | 'page'
  post(text: string): void
  onText: (text: string) => void
  onDeath: (error: Error) => void
  close(): void
}

/** `runtime.wasm`: its bytes, or what an app has compiled of them. */
export type Wasm = ArrayBuffer | WebAssembly.Module

// The name of the shared worker, by build.mjs.
declare const RUNWIRE_WORKER: string

// How long a runtime that has its script and its module may take to say that it is ready. Starting takes it 1 to
// 60 ms; one that needs seconds is one that never will. Unit: ms. Source: chosen.
const answerDeadline = 2000

// How long the workers' script may still take when the module is there already, which is ten times its size and was asked
// for after it. A script that is swallowed on the way never comes. Unit: ms. Source: chosen.
const scriptDeadline = 5000

/** Finds a home that answers: in a worker of the kind that is wanted, else of the next kind, else on the page. */
export async function findHome(wasm: Promise<Wasm>, wanted: 'shared' | 'dedicated' | false): Promise<Home> {
  const workers: (() => Worker | SharedWorker)[] = []
  // Without locks a shared worker would not learn that a page is gone.
  if (wanted === 'shared' && typeof SharedWorker === 'function' && navigator.locks) workers.push(sharedWorker)
  if (wanted !== false && typeof Worker === 'function') workers.push(dedicatedWorker)
  // Both have the same script, and share the time that it may take.
  const tooLate = wasm.catch(() => {}).then(() => new Promise<void>((resolve) => setTimeout(resolve, scriptDeadline)))
  for (const create of workers) {
    try {
      return await startInWorker(create(), wasm, tooLate)
    } catch {
      // A worker can fail where the next home works: a policy forbids it, its script is not served. If it was the module that
      // failed, the page fails with the same error.
    }
  }
  return startOnPage(await wasm)
}

// Bundlers look for exactly these expressions. The name keeps the pages of other versions out (build.mjs).
const sharedWorker = () => new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module', name: RUNWIRE_WORKER })
const dedicatedWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })

async function startInWorker(worker: Worker | SharedWorker, wasm: Promise<Wasm>, tooLate: Promise<void>): Promise<Home> {
  const port = 'port' in worker ? worker.port : worker
  const closing = new AbortController()
  const post = (message: PageToWorker) => port.postMessage(message)
  const home: Home = {
    kind: 'port' in worker ? 'shared' : 'dedicated',
    post,
    onText: () => {},
    onDeath: () => {},
    close: () => {
      closing.abort()
      if ('terminate' in worker) worker.terminate()
    },
  }
  const die = (reason: string) => home.onDeath(new Error(`worker.js: ${reason}`))
  worker.onerror = ({ message }) => die(message ?? 'could not be loaded')
  port.onmessageerror = () => die('a message could not be read')
  const greeting = new Promise<Greeting>((greet) => {
    port.onmessage = ({ data }: MessageEvent<WorkerToPage>) => (typeof data === 'string' ? home.onText(data) : greet(data))
  })

  const meet = async () => {
    if ('port' in worker) post({ lock: await holdLock(closing.signal) })
    return greeting
  }
  const prepare = async () => {
    // A slow network may take any time to bring the module and the script; that it greets says that the script runs.
    const greeted = await Promise.race([meet(), tooLate])
    if (!greeted) throw new Error('worker.js: did not arrive')
    if (greeted.lock) onRelease(greeted.lock, () => die('is gone'), closing.signal)
    if (!greeted.running) post({ wasm: await wasm })
  }
  return answering(home, prepare())
}

async function startOnPage(wasm: Wasm): Promise<Home> {
  const { Host } = await import('./host.js')
  const host = new Host(wasm, (_port, text) => queueMicrotask(() => home.onText(text)))
  const home: Home = {
    kind: 'page',
    post: (text) => host.message(0, text),
    onText: () => {},
    onDeath: () => {},
    close: () => host.close(),
  }
  return answering(home, Promise.resolve())
}

// Probes a home: resolves when its runtime is ready, and otherwise closes it and rejects.
async function answering(home: Home, prepared: Promise<void>): Promise<Home> {
  let deadline: ReturnType<typeof setTimeout> | undefined
  const hello = () => home.post(JSON.stringify({ op: 'hello', protocol } satisfies PageMessage))
  try {
    await new Promise<void>((resolve, reject) => {
      home.onDeath = reject
      home.onText = (text) => {
        const answer = JSON.parse(text) as RuntimeMessage
        if (answer.op === 'ready') resolve()
        else if (answer.op === 'restarted') hello() // an instance that another page shared did not live to answer
        else home.onDeath(answer.op === 'failed' ? reviveError(answer.error) : new Error(text))
      }
      prepared.then(() => {
        deadline = setTimeout(() => reject(new Error('the runtime does not answer')), answerDeadline)
        hello()
      }, reject)
    })
    return home
  } catch (error) {
    home.close()
    throw error
  } finally {
    clearTimeout(deadline)
  }
}
