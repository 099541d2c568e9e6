// Prints what a browser downloads, file by file, and fails over budget.
//
// usage: node tools/size.mjs <dist folder>
// Counted: every .wasm, .js and .mjs file under the folder. Not counted: .cjs files and cjs/ folders, which are
// the same modules again for CommonJS, types, and source maps; and the devtools, which an app downloads only where it
// imports them, apart from everything else: they have a line of their own.

import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const budget = 85_000 // bytes, brotli -q 11. Source: DESIGN.md, D3.
const aim = 64_000

const dist = process.argv[2]
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(wasm|m?js)$/.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .filter((file) => !relative(dist, file).split('/').includes('cjs'))
  .sort()

const row = (name, raw, brotli) => console.log(`${name.padEnd(40)} ${String(raw).padStart(10)} ${String(brotli).padStart(10)}`)
const failures = []
let raw = 0
let compressed = 0
let devtools = 0
let modules = 0

row('file', 'raw', 'brotli')
for (const file of files) {
  const bytes = readFileSync(file)
  const small = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length
  row(relative(dist, file), bytes.length, small)
  if (relative(dist, file).startsWith('devtools')) {
    devtools += small
    continue
  }
  raw += bytes.length
  compressed += small
  if (file.endsWith('.wasm')) {
    modules++
    if (!(await builtByTinyGo(bytes))) failures.push(`${relative(dist, file)} was built by standard Go, not by TinyGo`)
  }
}
row('total', raw, compressed)
row('devtools, not in the total', '', devtools)
row('budget (aim)', '', `${budget} (${aim})`)

if (modules === 0) failures.push(`no .wasm file in ${dist}`)
if (compressed > budget) failures.push(`${compressed - budget} bytes over the budget`)
for (const failure of failures) console.error(`size: ${failure}`)
if (failures.length === 0) {
  const rest = aim - compressed
  console.log(`size: ${budget - compressed} bytes under the budget, ${Math.abs(rest)} ${rest < 0 ? 'over' : 'under'} the aim`)
}
process.exitCode = failures.length > 0 ? 1 : 0

/** Standard Go exports its stack pointer (`getsp`); TinyGo's library modules export `_initialize`. */
async function builtByTinyGo(bytes) {
  const names = WebAssembly.Module.exports(await WebAssembly.compile(bytes)).map((entry) => entry.name)
  return names.includes('_initialize') && !names.includes('getsp')
}
