// The page of every browser test: it does what a test plays (steps.ts), and keeps what its components showed
// (records.ts). It imports @trigger.dev/react-hooks and nothing else; which package that is, is a matter of what is
// installed under the name.
import { createRoot } from 'react-dom/client'
import { App } from './components'
import { commits, firstTime, last, read, shown, states, until } from './records'
import { play } from './steps'

createRoot(document.getElementById('root')!).render(<App />)
Object.assign(window, { play, commits, firstTime, last, read, shown, states, until })
