// Builds dist/: the ES module with its worker and runtime.wasm beside it, the CommonJS twin in dist/cjs, and the types of both.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'

process.chdir(fileURLToPath(new URL('.', import.meta.url)))
const wasm = process.env.RUNWIRE_WASM ?? '../.build/wasm/runtime.wasm'

await rm('dist', { recursive: true, force: true })
await mkdir('dist/cjs', { recursive: true })
await copyFile(wasm, 'dist/runtime.wasm')

const entries = ['src/index.ts', 'src/sdk.ts']
const shared = {
  bundle: true,
  minify: true,
  target: 'es2022',
  external: ['react', 'react/jsx-runtime'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [],
  inject: [],
}

// What standard Go builds says so by its imports, and needs Go's own wasm_exec.js in whatever runs it.
const imports = WebAssembly.Module.imports(await WebAssembly.compile(await readFile(wasm)))
if (imports.some(({ module }) => module === 'gojs')) {
  const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim()
  shared.plugins.push({
    name: 'standard-go',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]instantiate\.ts$/ }, async () => ({
        contents:
          (await readFile(`${goroot}/lib/wasm/wasm_exec.js`, 'utf8')) + (await readFile('src/instantiate-go.ts', 'utf8')),
        loader: 'ts',
      }))
    },
  })
}

await build({ ...shared, entryPoints: ['src/worker.ts'], format: 'esm', outdir: 'dist' })

// Pages share a worker if they name it alike: only those that would run the same one do. Bundlers name files after it.
const { version } = JSON.parse(await readFile('package.json', 'utf8'))
const [, protocol] = /protocol = (\d+)/.exec(await readFile('src/protocol.ts', 'utf8'))
const content = createHash('sha256')
for (const file of ['worker.js', 'runtime.wasm']) content.update(await readFile(`dist/${file}`))
shared.define = { RUNWIRE_WORKER: JSON.stringify(`runwire-${version}-${protocol}-${content.digest('hex').slice(0, 12)}`) }

await Promise.all([
  // The two entries share a chunk, so that one page has one runtime. host.js is an entry of its own because the page
  // loads it only where no worker can run.
  build({
    ...shared,
    entryPoints: [...entries, 'src/host.ts'],
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    outdir: 'dist',
  }),
  // Apart from the others, so that it changes nothing in what they share: it finds their client by registered.ts.
  build({
    ...shared,
    entryPoints: ['src/devtools.ts'],
    format: 'esm',
    splitting: true,
    chunkNames: 'devtools-[hash]',
    outdir: 'dist',
  }),
  // CommonJS has no import.meta: Node needs no address, and a page that was bundled from this has its own.
  build({
    ...shared,
    entryPoints: [...entries, 'src/devtools.ts'],
    format: 'cjs',
    platform: 'node',
    define: { ...shared.define, 'import.meta.url': 'document.baseURI' },
    outdir: 'dist/cjs',
  }),
])
await writeFile('dist/cjs/package.json', '{ "type": "commonjs" }\n')

for (const outDir of ['dist', 'dist/cjs']) {
  execFileSync('node_modules/.bin/tsc', ['--project', 'tsconfig.build.json', '--outDir', outDir], { stdio: 'inherit' })
}

for (const file of (await readdir('dist')).filter((file) => /\.(js|wasm)$/.test(file))) {
  const bytes = await readFile(`dist/${file}`)
  console.log(`${file.padEnd(20)} ${bytes.length} bytes, ${brotliCompressSync(bytes).length} brotli`)
}
