import { createContext, useContext } from 'react'
import type { Context } from 'react'
import type { ApiClientConfiguration } from './connection.js'

export const TriggerAuthContext: Context<ApiClientConfiguration | undefined> = createContext<
  ApiClientConfiguration | undefined
>(undefined)
TriggerAuthContext.displayName = 'TriggerAuthContext'

export function useTriggerAuthContext(): ApiClientConfiguration {
  const configuration = useContext(TriggerAuthContext)
  if (!configuration) throw new Error('TriggerAuthContext not found')
  return configuration
}

export function useTriggerAuthContextOptional(): ApiClientConfiguration | Partial<ApiClientConfiguration> {
  return useContext(TriggerAuthContext) ?? {}
}
