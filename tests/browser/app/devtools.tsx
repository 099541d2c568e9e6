// The page of main.tsx with the devtools beside it, which the package that ours replaces lacks.
import { RunwireDevtools } from '@trigger.dev/react-hooks/devtools'
import { createRoot } from 'react-dom/client'
import './main'

createRoot(document.getElementById('devtools')!).render(<RunwireDevtools />)
