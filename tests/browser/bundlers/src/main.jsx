import { configureRuntime } from '@trigger.dev/react-hooks'
import { createRoot } from 'react-dom/client'
import { App } from './App.jsx'

const { wasmURL, ...props } = Object.fromEntries(new URLSearchParams(location.search))
if (wasmURL) configureRuntime({ wasmURL })
createRoot(document.getElementById('root')).render(<App {...props} />)
