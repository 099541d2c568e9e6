import { Component, StrictMode, useLayoutEffect, useMemo, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import { useHook } from './hooks'
import { called, shown } from './records'
import { getMounted, setStop, subscribe } from './steps'
import type { Mounted } from './steps'

export function App() {
  const mounted = useSyncExternalStore(subscribe, getMounted)
  return mounted.map((component) => {
    const hooked = (
      <Boundary name={component.name}>
        <Hooked component={component} />
      </Boundary>
    )
    return component.strict ? (
      <StrictMode key={component.name}>{hooked}</StrictMode>
    ) : (
      <div key={component.name}>{hooked}</div>
    )
  })
}

// Shows nothing: what its hook returns is recorded at every commit.
function Hooked({ component }: { component: Mounted }) {
  const { name, callbacks, options, lastOnly } = component
  const recorders = useMemo(
    () => Object.fromEntries((callbacks ?? []).map((callback) => [callback, called(name, callback)])),
    [name, callbacks],
  )
  const { stop, ...state } = useHook(component, { ...options, ...recorders })
  useLayoutEffect(() => {
    setStop(name, stop)
    shown(name, state, lastOnly)
  })
  return null
}

class Boundary extends Component<{ name: string; children: ReactNode }> {
  override state: { thrown?: unknown } = {}

  static getDerivedStateFromError = (thrown: unknown) => ({ thrown })

  override componentDidCatch(thrown: unknown) {
    shown(this.props.name, { thrown })
  }

  override render() {
    return 'thrown' in this.state ? null : this.props.children
  }
}
