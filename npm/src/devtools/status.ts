import { useEffect, useState } from 'react'
import type { PageStatus, Status } from '../protocol.js'
import { registered } from '../registered.js'
import type { Runtime } from '../runtime.js'

/**
 * What the runtime is doing, for all the pages that share it, as plain data. Lists are in the order in which things began; times
 * are in milliseconds since 1970. No access token, payload, output or part is in it.
 */
export interface RuntimeStatus extends Omit<Status, 'pages'> {
  /** When it was so. */
  at: number
  /** Where the runtime runs: in a worker for all tabs, in a worker of this page, or on the page. */
  runtime: Runtime['home']
  /** In use by the runtime. Unit: bytes. */
  memory: number
  pages: (PageStatus & { here: boolean })[]
}

/** Asks the runtime what it is doing. Undefined while no hook has needed a runtime, and where it ends before it answers. */
export async function readRuntimeStatus(): Promise<RuntimeStatus | undefined> {
  const client = registered()
  const answer = await client?.status()
  const runtime = client?.home
  if (!answer || !runtime) return undefined
  const { page: here, memory, status } = answer
  return {
    at: Date.now(),
    runtime,
    memory,
    ...status,
    pages: status.pages.sort((a, b) => a.page - b.page).map((page) => ({ ...page, here: page.page === here })),
  }
}

/** What the runtime is doing, asked again and again while the component is mounted. Undefined as for `readRuntimeStatus`. */
export function useRuntimeStatus(intervalMs = 1000): RuntimeStatus | undefined {
  const [status, setStatus] = useState<RuntimeStatus>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let mounted = true
    const ask = async () => {
      const answer = await readRuntimeStatus()
      if (!mounted) return
      setStatus(answer)
      timer = setTimeout(ask, intervalMs)
    }
    void ask()
    return () => {
      mounted = false
      clearTimeout(timer)
    }
  }, [intervalMs])
  return status
}
