import type { PageMessage, RuntimeMessage } from '../src/protocol.js'
import type { Runtime } from '../src/runtime.js'

/** The runtime's end of the port: what the page posted, and a way to say something to it. */
export class FakeRuntime implements Runtime {
  readonly home = 'dedicated'
  posted: PageMessage[] = []
  closed = false
  say: (message: RuntimeMessage) => void = () => {}

  post(message: PageMessage): void {
    this.posted.push(structuredClone(message))
  }

  close(): void {
    this.closed = true
  }

  /** What was posted since the last call, but for news of the page itself. */
  take(): PageMessage[] {
    return this.posted.splice(0).filter(({ op }) => op !== 'page')
  }
}

/** Stands for `connect`: every call starts another fake runtime, or fails if `failure` is set. */
export class FakeRuntimes {
  started: FakeRuntime[] = []
  failure: Error | undefined

  readonly connect = async (receive: (message: RuntimeMessage) => void): Promise<Runtime> => {
    if (this.failure) throw this.failure
    const runtime = new FakeRuntime()
    runtime.say = receive
    this.started.push(runtime)
    return runtime
  }

  get last(): FakeRuntime {
    return this.started.at(-1)!
  }
}

/** Lets every promise that can settle do so. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
declare function setImmediate(callback: () => void): void
