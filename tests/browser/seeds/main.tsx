// The page of the seeds' examples. It imports @trigger.dev/react-hooks; which package that is, is a matter of what is
// installed under the name.
import { TriggerAuthContext } from '@trigger.dev/react-hooks'
import { Component, createElement } from 'react'
import type { FunctionComponent, ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { access, surround } from './surroundings'

type Props = Record<string, unknown>

const components = import.meta.glob<Record<string, FunctionComponent<Props>>>('./components/*.tsx')
const scripts = import.meta.glob('./scripts/*.ts')

/** Renders a component with props for all that any of them takes, or runs a script. */
async function play([step]: { example: string; access: typeof access; props: Props }[]): Promise<void> {
  const { example, props } = step!
  surround(step!.access, props)
  const component = components[`./components/${example}.tsx`]
  if (component) await render(Object.values(await component())[0]!, props)
  else run(scripts[`./scripts/${example}.ts`]!)
}

async function render(Example: FunctionComponent<Props>, props: Props): Promise<void> {
  // A component that only a server can render is rendered as a server does.
  const isAsync = Example.constructor.name === 'AsyncFunction'
  const node = isAsync ? await Example(props) : createElement(Example, props)
  createRoot(document.getElementById('root')!, { onCaughtError: () => {} }).render(
    <Boundary>
      <TriggerAuthContext.Provider value={access}>{node}</TriggerAuthContext.Provider>
    </Boundary>,
  )
}

// Shows what a script logs. Its end is not waited for: some follow runs for ever.
function run(script: () => Promise<unknown>): void {
  console.log = (...words: unknown[]) => document.getElementById('root')!.append(`${words.join(' ')}\n`)
  void script()
}

class Boundary extends Component<{ children: ReactNode }> {
  override state: { thrown?: unknown } = {}

  static getDerivedStateFromError = (thrown: unknown) => ({ thrown })

  override render() {
    return 'thrown' in this.state ? String(this.state.thrown) : this.props.children
  }
}

/** Resolves when the condition holds; it is looked at whenever the document has changed. */
function until(condition: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!condition()) return
      observer.disconnect()
      resolve()
    }
    const observer = new MutationObserver(check)
    observer.observe(document, { subtree: true, childList: true, characterData: true })
    check()
  })
}

const nameOf = (path: string) => path.replace(/.*\/|\.tsx?$/g, '')
const shown = () => document.getElementById('root')!.textContent
Object.assign(window, { play, until, shown, examples: Object.keys({ ...components, ...scripts }).map(nameOf).sort() })
