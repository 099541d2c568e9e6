// In the place of the package, for what the rest of the app weighs: no run ever comes.
import { createContext } from 'react'

export const TriggerAuthContext = createContext({})
export const useRealtimeRunWithStreams = () => ({ run: undefined, streams: {}, error: undefined })
