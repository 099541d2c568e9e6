// How a page and a shared worker learn that the other is gone. Each holds a Web Lock with a name of its own, which the
// browser takes from it when it is closed, ended or crashes; the other waits for that lock.

/** Holds a lock until `closing`, or for life. Resolves with its name once it is held; rejects where there are no locks to be had. */
export function holdLock(closing?: AbortSignal): Promise<string> {
  const lock = `runwire ${crypto.randomUUID()}`
  const released = new Promise((release) => closing?.addEventListener('abort', release))
  return new Promise((resolve, reject) => {
    const held = () => {
      resolve(lock)
      return released
    }
    navigator.locks.request(lock, held).catch(reject)
  })
}

/** Calls back when the holder of a lock has released it or is gone, unless `closing` comes first. */
export function onRelease(lock: string, released: () => void, closing?: AbortSignal): void {
  // Shared by all who wait: none of them, frozen or slow, keeps the others waiting.
  const options: LockOptions = { mode: 'shared', ...(closing && { signal: closing }) }
  navigator.locks.request(lock, options, released).catch(() => {})
}
