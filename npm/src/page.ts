import type { PageMessage } from './protocol.js'

// Where the runtime sends requests that no base URL is given for. Source: hooks/api/request.go.
const defaultBaseURL = 'https://api.trigger.dev'

const preconnected = new Set<string>()

/** Lets the browser connect to where requests will go, while the runtime that makes them is still on its way. */
export function preconnect(baseURL = defaultBaseURL): void {
  if (typeof document !== 'object' || preconnected.has(baseURL)) return
  preconnected.add(baseURL)
  const link = document.createElement('link')
  link.rel = 'preconnect'
  link.href = baseURL
  link.crossOrigin = 'anonymous' // requests without cookies have connections of their own
  document.head.append(link)
  link.remove() // it has done what it is for
}

/** What the runtime has to know of the page to poll and to revalidate; `event` is what just happened to it. */
export function pageState(event?: Event): PageMessage {
  const visible = document.visibilityState !== 'hidden'
  return { op: 'page', visible, online: navigator.onLine, focused: event?.type === 'focus' }
}

/** Calls back with whatever changes the page's state, until the returned function is called. */
export function watchPage(listener: (event: Event) => void): () => void {
  document.addEventListener('visibilitychange', listener)
  for (const type of ['focus', 'online', 'offline']) window.addEventListener(type, listener)
  return () => {
    document.removeEventListener('visibilitychange', listener)
    for (const type of ['focus', 'online', 'offline']) window.removeEventListener(type, listener)
  }
}

/**
 * Calls back when the page is left, for good or for the back/forward cache, and when it returns from there, until the returned
 * function is called.
 */
export function watchVisits(left: () => void, returned: () => void): () => void {
  if (typeof document !== 'object') return () => {}
  const onReturn = ({ persisted }: PageTransitionEvent) => persisted && returned()
  window.addEventListener('pagehide', left)
  window.addEventListener('pageshow', onReturn)
  return () => {
    window.removeEventListener('pagehide', left)
    window.removeEventListener('pageshow', onReturn)
  }
}
