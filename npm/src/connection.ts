import type { Options } from './protocol.js'

/** How requests are made, beside what they ask for. */
export type ApiRequestOptions = {
  retry?: {
    /** How often a request is made before its error is given up to. */
    maxAttempts?: number | undefined
    factor?: number | undefined
    minTimeoutInMs?: number | undefined
    maxTimeoutInMs?: number | undefined
    randomize?: boolean | undefined
  }
  additionalHeaders?: Record<string, string>
}

/** Configuration that every hook below a `TriggerAuthContext.Provider` takes where its own options say nothing. */
export type ApiClientConfiguration = {
  baseURL?: string
  /**
   * @deprecated Use `accessToken` instead. Hooks ignore it: a secret key does not belong in a browser.
   */
  secretKey?: string
  /** The access token to authenticate with the Trigger API. */
  accessToken?: string
  /**
   * Mints a fresh access token. Called before the one in use expires and when a request is rejected with a 401,
   * so that subscriptions outlive the token they started with.
   */
  refreshAccessToken?: () => Promise<string>
  /** The preview branch name (for preview environments) */
  previewBranch?: string
  /** The deployment that runs which `tasks.trigger` triggers are pinned to, by its external id. Hooks ignore it. */
  externalDeploymentId?: string
  requestOptions?: ApiRequestOptions
  /** Hooks ignore it. */
  future?: { v2RealtimeStreams?: boolean }
}

/** What every hook takes to reach the API; the context's value where it is absent. */
export type UseApiClientOptions = {
  /** Optional access token for authentication */
  accessToken?: string
  /** Optional base URL for the API endpoints */
  baseURL?: string
  /** Optional preview branch name for preview environments */
  previewBranch?: string
  /** Optional additional request configuration */
  requestOptions?: ApiRequestOptions
  /**
   * Optional callback that mints a fresh access token. Called before the one in use expires and when a request is
   * rejected with a 401.
   */
  refreshAccessToken?: () => Promise<string>
  /**
   * Enable or disable the hook.
   *
   * Set enabled to false if you don't have an accessToken and don't want to throw an error.
   */
  enabled?: boolean
}

/** The way to the API: the options of its requests, and the user's way to another access token. */
export interface Connection {
  options: Options
  refreshAccessToken: (() => Promise<string>) | undefined
}

/** The connection that options ask for; a configuration says what they leave open. */
export function connection(options: UseApiClientOptions, configuration: ApiClientConfiguration): Connection {
  const refreshAccessToken = options.refreshAccessToken ?? configuration.refreshAccessToken
  const requestOptions = { ...configuration.requestOptions, ...options.requestOptions }
  return {
    options: {
      accessToken: options.accessToken ?? configuration.accessToken,
      baseURL: options.baseURL ?? configuration.baseURL,
      previewBranch: options.previewBranch ?? configuration.previewBranch,
      requestOptions: Object.keys(requestOptions).length > 0 ? requestOptions : undefined,
      refresh: refreshAccessToken && true,
    },
    refreshAccessToken,
  }
}

const accesses: Options[] = []

/** What stands in names for the access that options give: names contain no token. */
export function accessName({ accessToken, baseURL, previewBranch }: Options): string {
  const known = accesses.findIndex(
    (access) =>
      access.accessToken === accessToken && access.baseURL === baseURL && access.previewBranch === previewBranch,
  )
  return String(known < 0 ? accesses.push({ accessToken, baseURL, previewBranch }) - 1 : known)
}
