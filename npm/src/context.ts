import { createContext, useContext } from 'react'
import type { Context } from 'react'

/** Configuration that every hook below a `TriggerAuthContext.Provider` takes where its own options say nothing. */
export type ApiClientConfiguration = {
  baseURL?: string
  /**
   * @deprecated Use `accessToken` instead. Hooks ignore it: a secret key does not belong in a browser.
   */
  secretKey?: string
  /** The access token to authenticate with the Trigger API. */
  accessToken?: string
  /** The preview branch name (for preview environments) */
  previewBranch?: string
}

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

/** What every hook takes to reach the API; the context's value where it is absent. */
export type UseApiClientOptions = {
  /** Optional access token for authentication */
  accessToken?: string
  /** Optional base URL for the API endpoints */
  baseURL?: string
  /** Optional preview branch name for preview environments */
  previewBranch?: string
  /**
   * Enable or disable the hook.
   *
   * Set enabled to false if you don't have an accessToken and don't want to throw an error.
   */
  enabled?: boolean
}
