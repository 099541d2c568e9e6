// What components showed and which callbacks were called, in order. Values are kept as the hooks returned them, which
// never change them; they are put into JSON when a test reads them.

export type State = Record<string, unknown>

interface Records {
  states: State[]
  calls: unknown[][]
  /** When each state was committed. Unit: ms since the epoch. */
  times: number[]
  /** How often a state was committed, those included that were not kept. */
  commits: number
}

const records = new Map<string, Records>()
const waiting = new Set<() => void>()

function recordsOf(name: string): Records {
  let found = records.get(name)
  if (!found) records.set(name, (found = { states: [], calls: [], times: [], commits: 0 }))
  return found
}

export function shown(name: string, state: State, lastOnly = false): void {
  const record = recordsOf(name)
  const { states, times } = record
  if (lastOnly) states.length = times.length = 0
  record.commits++
  states.push(state)
  times.push(performance.timeOrigin + performance.now())
  for (const check of waiting) check()
}

/** A callback that records its calls, and promises `value`. */
export const called = (name: string, callback: string, value?: unknown) => async (...args: unknown[]) => {
  recordsOf(name).calls.push([callback, ...args])
  for (const check of waiting) check()
  return value
}

/** An unmounted component shows nothing; what it showed stays in its record. */
export function forget(name: string): void {
  shown(name, {})
}

/** What a component shows now. */
export const last = (name: string): any => recordsOf(name).states.at(-1) ?? {}

/** Everything that a component showed, in order. */
export const states = (name: string) => recordsOf(name).states

/** How often a component was committed. */
export const commits = (name: string) => recordsOf(name).commits

/** When a component first showed what the test waits for. Unit: ms since the epoch. */
export function firstTime(name: string, matches: (state: State) => unknown): number | null {
  const { states, times } = recordsOf(name)
  return times[states.findIndex(matches)] ?? null
}

/** Resolves when the condition holds; it is looked at whenever something was shown or called. */
export function until(condition: () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      try {
        if (!condition()) return
        resolve()
      } catch (error) {
        reject(error)
      }
      waiting.delete(check)
    }
    waiting.add(check)
    check()
  })
}

/** The records of a component as JSON can hold them. States that equal the one before are left out. */
export function read(name: string) {
  const { states, calls } = recordsOf(name)
  const texts = states.map((state) => JSON.stringify(plain(state)))
  return {
    states: texts.filter((text, index) => text !== texts[index - 1]).map((text) => JSON.parse(text) as unknown),
    calls: calls.map(plain),
  }
}

// Keeps apart what JSON does not.
function plain(value: unknown): unknown {
  if (value === undefined) return '(undefined)'
  if (typeof value === 'bigint') return `(bigint) ${value}`
  if (typeof value === 'number' && !Number.isFinite(value)) return `(number) ${value}`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) {
    const { name, message, status } = value as Error & { status?: number }
    return status === undefined ? { error: name, message } : { error: name, message, status }
  }
  if (value instanceof Date) return `(Date) ${value.toISOString()}`
  if (value instanceof URL) return `(URL) ${value}`
  if (value instanceof RegExp) return `(RegExp) ${value}`
  if (value instanceof Map) return { '(Map)': [...value].map(plain) }
  if (value instanceof Set) return { '(Set)': [...value].map(plain) }
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, plain(field)]),
  )
}
