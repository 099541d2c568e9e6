import type { PageMessage } from './protocol.js'

/** What the runtime has to know of the page to poll and to revalidate; `event` is what just happened to it. */
export function pageState(event?: Event): PageMessage {
  const visible = document.visibilityState !== 'hidden'
  return { op: 'page', visible, online: navigator.onLine, focused: event?.type === 'focus' }
}

/** Calls back with whatever changes the page's state. */
export function watchPage(listener: (event: Event) => void): void {
  document.addEventListener('visibilitychange', listener)
  for (const type of ['focus', 'online', 'offline']) window.addEventListener(type, listener)
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
