// Stands for @trigger.dev/sdk in scripts. What a backend does is there to be named, and does nothing.
import { configure, runs, tasks } from '@trigger.dev/react-hooks/client'
import { access } from './surroundings'

configure(access)
Object.assign(globalThis, { runs })

export { runs, tasks }
export const task = (definition: object) => definition
export const metadata = {}
