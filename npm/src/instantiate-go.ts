import type { Exports } from './host.js'

// Go's own lib/wasm/wasm_exec.js; build.mjs puts it into the bundle.
declare const Go: new () => {
  importObject: WebAssembly.Imports
  run(instance: WebAssembly.Instance): Promise<void>
}

/** Starts runtime.wasm as standard Go builds it, for which build.mjs puts this in the place of instantiate.ts. */
export async function instantiate(module: WebAssembly.Module, host: WebAssembly.ModuleImports): Promise<Exports> {
  const go = new Go()
  const instance = await WebAssembly.instantiate(module, { ...go.importObject, host })
  // Returns when `main` blocks, for good; from then on the exports can be called.
  void go.run(instance)
  return { ...instance.exports, memory: instance.exports.mem } as unknown as Exports
}
