import type { CSSProperties } from 'react'
import type { ConnectionState } from '../protocol.js'

export type DevtoolsPosition = 'bottom-right' | 'bottom-left' | 'top-right' | 'top-left'

type Style = CSSProperties & Record<`--${string}`, string>

// React sets styles through the CSSOM, which a content security policy without 'unsafe-inline' allows. `light-dark` follows
// the user's preference without a style sheet.
const root: Style = {
  '--surface': 'light-dark(#ffffff, #16181d)',
  '--raised': 'light-dark(#f5f6f8, #1f2229)',
  '--line': 'light-dark(#dfe2e8, #313640)',
  '--text': 'light-dark(#1b1f27, #e8eaee)',
  '--muted': 'light-dark(#5a6270, #9aa3b2)',
  '--good': 'light-dark(#12805c, #3ecf8e)',
  '--busy': 'light-dark(#1f6feb, #6cb0ff)',
  '--late': 'light-dark(#9a5b00, #f0b429)',
  '--bad': 'light-dark(#c0262d, #ff7b72)',
  colorScheme: 'light dark',
  position: 'fixed',
  zIndex: 99999,
  display: 'flex',
  gap: 8,
  color: 'var(--text)',
  font: '13px/1.45 system-ui, sans-serif',
  textAlign: 'start',
}

/** The whole, in its corner of the window: the panel stands between the button and the middle. */
export function corner(position: DevtoolsPosition): Style {
  const isBottom = position.startsWith('bottom')
  const isRight = position.endsWith('right')
  return {
    ...root,
    [isBottom ? 'bottom' : 'top']: 12,
    [isRight ? 'right' : 'left']: 12,
    flexDirection: isBottom ? 'column-reverse' : 'column',
    alignItems: isRight ? 'flex-end' : 'flex-start',
  }
}

export const theme = {
  opener: {
    display: 'grid',
    placeItems: 'center',
    width: 40,
    height: 40,
    padding: 0,
    border: '1px solid var(--line)',
    borderRadius: 20,
    background: 'var(--surface)',
    color: 'var(--text)',
    boxShadow: '0 2px 8px rgb(0 0 0 / 0.2)',
    cursor: 'pointer',
  },
  panel: {
    boxSizing: 'border-box',
    width: 'min(30rem, calc(100vw - 24px))',
    maxHeight: 'min(36rem, calc(100vh - 84px))',
    overflow: 'auto',
    border: '1px solid var(--line)',
    borderRadius: 10,
    background: 'var(--surface)',
    boxShadow: '0 8px 32px rgb(0 0 0 / 0.25)',
    overscrollBehavior: 'contain',
  },
  header: {
    position: 'sticky',
    top: 0,
    display: 'flex',
    alignItems: 'center',
    gap: 8,
    padding: '8px 8px 8px 14px',
    borderBottom: '1px solid var(--line)',
    background: 'var(--surface)',
  },
  title: { margin: 0, font: '600 14px/1.4 system-ui, sans-serif', color: 'inherit' },
  summary: { flex: 1, minWidth: 0, color: 'var(--muted)' },
  close: {
    width: 32,
    height: 32,
    padding: 0,
    border: 0,
    borderRadius: 6,
    background: 'none',
    color: 'var(--muted)',
    font: '20px/1 system-ui, sans-serif',
    cursor: 'pointer',
  },
  section: { padding: '10px 14px 12px', borderBottom: '1px solid var(--line)' },
  heading: { margin: '0 0 6px', font: '600 12px/1.4 system-ui, sans-serif', color: 'var(--muted)' },
  list: { display: 'grid', gap: 6, margin: 0, padding: 0, listStyle: 'none' },
  item: { margin: 0, padding: '7px 10px', borderRadius: 7, background: 'var(--raised)' },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', gap: '0 8px' },
  name: { flex: '1 1 auto', minWidth: 0, overflowWrap: 'anywhere', font: '12px/1.5 ui-monospace, monospace' },
  details: { display: 'flex', flexWrap: 'wrap', gap: '0 12px', color: 'var(--muted)', fontVariantNumeric: 'tabular-nums' },
  problem: { color: 'var(--bad)', overflowWrap: 'anywhere' },
  nothing: { margin: 0, color: 'var(--muted)' },
} satisfies Record<string, CSSProperties>

/** A state's colour: a dot and a word have it, so that it is never the only sign. */
export const colors: Record<ConnectionState, string> = {
  live: 'var(--good)',
  connecting: 'var(--busy)',
  retrying: 'var(--late)',
  offline: 'var(--bad)',
  paused: 'var(--muted)',
  idle: 'var(--muted)',
}
