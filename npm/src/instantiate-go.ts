import type { Exports } from './host.js'

// Go's own lib/wasm/wasm_exec.js; build.mjs puts it into the bundle.
declare const Go: new () => {
  importObject: WebAssembly.Imports
  exited: boolean
  run(instance: WebAssembly.Instance): Promise<void>
}

/** Starts runtime.wasm as standard Go builds it, for which build.mjs puts this in the place of instantiate.ts. */
export async function instantiate(module: WebAssembly.Module, host: WebAssembly.ModuleImports): Promise<Exports> {
  const go = new Go()
  const instance = await WebAssembly.instantiate(module, { ...go.importObject, host })
  // Returns when `main` blocks, for good; from then on the exports can be called.
  void go.run(instance)
  const exports: Record<string, unknown> = { memory: instance.exports.mem }
  for (const [name, value] of Object.entries(instance.exports)) {
    exports[name] = typeof value === 'function' ? trapping(go, value as Call) : value
  }
  return exports as unknown as Exports
}

type Call = (...args: unknown[]) => unknown

// Go ends a program that panics, and the export that panicked returns as if nothing had happened.
function trapping(go: { exited: boolean }, call: Call): Call {
  return (...args) => {
    const result = call(...args)
    if (go.exited) throw new Error('runtime.wasm has exited')
    return result
  }
}
