import * as hooks from '@trigger.dev/react-hooks'
import type { Mounted } from './steps'

type AnyHook = (...args: unknown[]) => Record<string, unknown>

/** Calls a component's hook. JSON says null where a caller in TypeScript says undefined. */
export const useHook = ({ hook, args }: Mounted, options: object): Record<string, unknown> =>
  (hooks as unknown as Record<string, AnyHook>)[hook]!(...args.map((argument) => argument ?? undefined), options)

// What we add to the original, and the original lacks.
export const { configureRuntime } = hooks as { configureRuntime?: (options: Record<string, unknown>) => void }
