// The dedicated worker: one page, one port. Its first message says that the script runs (runtime.ts waits for it);
// the first it gets is the compiled runtime.wasm, every other one is text.
import { Host } from './host.js'

const page = 0
let host: Host | undefined

onmessage = ({ data }: MessageEvent<WebAssembly.Module | string>) => {
  if (typeof data === 'string') host?.message(page, data)
  else host = new Host(data, (_port, text) => postMessage(text))
}
postMessage('')
