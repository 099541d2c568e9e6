import { Component, StrictMode, useLayoutEffect, useMemo, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import { useHook } from './hooks'
import { called, shown } from './records'
import { getMounted, setActions, subscribe } from './steps'
import type { Action, Mounted } from './steps'

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
  const result = Object.entries(useHook(component, { ...options, ...recorders }))
  useLayoutEffect(() => {
    const isAction = ([, value]: [string, unknown]) => typeof value === 'function'
    setActions(name, Object.fromEntries(result.filter(isAction)) as Record<string, Action>)
    shown(name, Object.fromEntries(result.filter((entry) => !isAction(entry))), lastOnly)
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
