import { Component, lazy, memo, StrictMode, Suspense, useLayoutEffect, useMemo, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import { TriggerAuthContext, useHook } from './hooks'
import { called, shown } from './records'
import { getMounted, setActions, subscribe } from './steps'
import type { Action, Mounted } from './steps'

// For apps that use SWR themselves.
const SWRConfig = lazy(async () => ({ default: (await import('swr')).SWRConfig }))

export function App() {
  const mounted = useSyncExternalStore(subscribe, getMounted)
  return mounted.map((component) => {
    const { name, strict, context, fetcher } = component
    const hooked = (
      <Boundary name={name}>
        <TriggerAuthContext.Provider value={context}>
          <Hooked component={component} />
        </TriggerAuthContext.Provider>
      </Boundary>
    )
    if (strict) return <StrictMode key={name}>{hooked}</StrictMode>
    if (!fetcher) return <div key={name}>{hooked}</div>
    return (
      <Suspense key={name}>
        <SWRConfig value={{ fetcher: called(name, 'fetcher') }}>{hooked}</SWRConfig>
      </Suspense>
    )
  })
}

// What its hook returns is recorded at every commit.
function Hooked({ component }: { component: Mounted }) {
  const { name, callbacks, returns, reads = [], options, lastOnly, memoised } = component
  const recorders = useMemo(
    () => Object.fromEntries((callbacks ?? []).map((callback) => [callback, called(name, callback, returns?.[callback])])),
    [name, callbacks, returns],
  )
  const result = useHook(component, { ...options, ...recorders })
  const read = reads.map((name): [string, unknown] => [name, result[name]])
  useLayoutEffect(() => {
    const isAction = ([, value]: [string, unknown]) => typeof value === 'function'
    const entries = [...Object.entries(result), ...read]
    setActions(name, Object.fromEntries(entries.filter(isAction)) as Record<string, Action>)
    shown(name, Object.fromEntries(entries.filter((entry) => !isAction(entry))), lastOnly)
  })
  const { run, runs = [] } = result as { run?: { payload: unknown }; runs?: { id: string }[] }
  if (memoised === 'payload') return <Memoised name="payload" value={run?.payload} />
  return memoised && runs.map((row) => <Memoised key={row.id} name={row.id} value={row} />)
}

// Renders again only when its value is another one.
const Memoised = memo(function Memoised({ name, value }: { name: string; value: unknown }) {
  useLayoutEffect(() => shown(name, { value }))
  return null
})

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
