import { configureRuntime } from './hooks'
import { forget } from './records'

/** A component as a test describes it. */
export interface Mounted {
  name: string
  hook: string
  /** What the hook takes before its options. */
  args: unknown[]
  options: Record<string, unknown>
  /** Callbacks to pass, each of which records its calls. */
  callbacks?: string[]
  /** What callbacks promise to return, by name. */
  returns?: Record<string, unknown>
  /** Values of a TriggerAuthContext around the component. */
  context?: Record<string, unknown>
  /** Gives the run's payload, or each run of a list, to a memoised child that shows every render of its own. */
  memoised?: 'payload' | 'runs'
  /** Puts an SWRConfig around the component, with a fetcher that records its calls. */
  fetcher?: boolean
  /** What to read of the result that is not listed among its properties. */
  reads?: string[]
  strict?: boolean
  /** Keeps the latest state only, for tests that measure. */
  lastOnly?: boolean
}

/** A function that a hook returns, such as stop or submit. */
export type Action = (...args: unknown[]) => unknown

export type Step =
  | ({ do: 'mount' } & Mounted)
  | { do: 'change'; name: string; to: Partial<Mounted> }
  | { do: 'unmount'; name: string }
  | { do: 'call'; name: string; action: string; args: unknown[] }
  | { do: 'configure'; options: Record<string, unknown> }

let mounted: readonly Mounted[] = []
const listeners = new Set<() => void>()
const actions = new Map<string, Record<string, Action>>()

export const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
export const getMounted = () => mounted
export const setActions = (name: string, newest: Record<string, Action>) => actions.set(name, newest)

/** Does the steps in order, as one event handler would: React sees their result at once. */
export function play(steps: Step[]): void {
  for (const step of steps) perform(step)
  for (const listener of listeners) listener()
}

function perform(step: Step): void {
  switch (step.do) {
    case 'mount':
      mounted = [...mounted, step]
      return
    case 'change':
      mounted = mounted.map((component) =>
        component.name === step.name
          ? { ...component, ...step.to, options: { ...component.options, ...step.to.options } }
          : component,
      )
      return
    case 'unmount':
      mounted = mounted.filter(({ name }) => name !== step.name)
      return forget(step.name)
    case 'call':
      actions.get(step.name)![step.action]!(...step.args)
      return
    case 'configure':
      configureRuntime?.(step.options)
  }
}
