/** Stands for `navigator.locks`: a lock is held until the promise of its callback settles, or until its holder dies. */
export class FakeLocks {
  #queues = new Map<string, { run: () => unknown; signal: AbortSignal | undefined }[]>()

  /** The names of the locks that somebody holds. */
  get held(): string[] {
    return [...this.#queues.keys()]
  }

  readonly request = (name: string, options: LockOptions | (() => unknown), callback?: () => unknown) => {
    const [{ signal }, run] = typeof options === 'function' ? [{} as LockOptions, options] : [options, callback!]
    const queue = this.#queues.get(name)
    if (queue) queue.push({ run, signal })
    else this.#grant(name, run)
    return new Promise(() => {})
  }

  /** What the browser does when the holder of a lock is closed, ended or crashes. */
  die(name: string): void {
    const waiting = this.#queues.get(name)!.filter(({ signal }) => !signal?.aborted)
    this.#queues.delete(name)
    for (const { run } of waiting) this.#grant(name, run)
  }

  #grant(name: string, run: () => unknown): void {
    this.#queues.set(name, [])
    void Promise.resolve(run()).then(() => this.#queues.has(name) && this.die(name))
  }
}
