import type { Exports } from './host.js'

/** Starts runtime.wasm as TinyGo builds it: `host` is all that it imports. */
export async function instantiate(module: WebAssembly.Module, host: WebAssembly.ModuleImports): Promise<Exports> {
  const { exports } = await WebAssembly.instantiate(module, { host })
  ;(exports._initialize as () => void)()
  return exports as unknown as Exports
}
