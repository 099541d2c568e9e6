import { lazy, Suspense, useId, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { corner, theme } from './theme.js'
import type { DevtoolsPosition } from './theme.js'

export interface RunwireDevtoolsProps {
  /** Default: false */
  initialIsOpen?: boolean
  /** The corner of the window. Default: `bottom-right` */
  position?: DevtoolsPosition
}

const DevtoolsPanel = lazy(() => import('./DevtoolsPanel.js'))

/**
 * A button in a corner of the window, which opens a panel that shows what the runtime is doing. The panel is loaded, and the
 * runtime asked, while it is open.
 */
export function RunwireDevtools({ initialIsOpen = false, position = 'bottom-right' }: RunwireDevtoolsProps): ReactElement {
  const [isOpen, setOpen] = useState(initialIsOpen)
  const button = useRef<HTMLButtonElement>(null)
  const panelId = useId()
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div style={corner(position)} onKeyDown={({ key }) => key === 'Escape' && isOpen && close()}>
      <button
        ref={button}
        type="button"
        style={theme.opener}
        aria-label="runwire devtools"
        aria-expanded={isOpen}
        aria-controls={panelId}
        onClick={() => setOpen(!isOpen)}
      >
        <svg width="20" height="20" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
          <path d="M2 6h4c5 0 3 8 8 8h4" />
          <circle cx="15" cy="6" r="2" />
          <circle cx="5" cy="14" r="2" />
        </svg>
      </button>
      {isOpen && (
        <Suspense>
          <DevtoolsPanel id={panelId} close={close} />
        </Suspense>
      )}
    </div>
  )
}
