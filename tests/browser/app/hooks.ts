import * as hooks from '@trigger.dev/react-hooks'
import type { Mounted } from './steps'

type AnyHook = (...args: unknown[]) => Record<string, unknown>

/** Calls a component's hook. JSON says null where a caller in TypeScript says undefined. */
export function useHook({ hook, args }: Mounted, options: object): Record<string, unknown> {
  const call = (hooks as unknown as Record<string, AnyHook>)[hook]!
  const result = call(...args.map((argument) => argument ?? undefined), options)
  // The one hook that returns no state.
  return hook === 'useApiClient' ? { client: result } : result
}

export const { TriggerAuthContext } = hooks

// What we add to the original, and the original lacks.
export const { configureRuntime } = hooks as { configureRuntime?: (options: Record<string, unknown>) => void }
