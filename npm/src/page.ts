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
