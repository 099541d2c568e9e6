// node build.mjs FOLDER WHAT: builds FOLDER/WHAT with what is installed in FOLDER.
//
// app: into FOLDER/production and FOLDER/development, where React's Strict Mode mounts twice.
// starter: into FOLDER/starter/with and FOLDER/starter/without, where nothing is in the package's place. Each file stands
// beside itself compressed, as a server keeps it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'vite'

const [folder, what] = process.argv.slice(2)
const root = `${folder}/${what}`
const pages = [`${root}/index.html`]
if (existsSync(`${folder}/node_modules/@trigger.dev/react-hooks/dist/devtools.js`) && what === 'app') pages.push(`${root}/devtools.html`)
const builds = {
  app: [
    { outDir: '../production', mode: 'production' },
    { outDir: '../development', mode: 'development' },
  ],
  starter: [
    { outDir: 'with', mode: 'production' },
    { outDir: 'without', mode: 'production', alias: { '@trigger.dev/react-hooks': `${root}/nothing.ts` } },
  ],
}
for (const { outDir, mode, alias } of builds[what]) {
  process.env.NODE_ENV = mode
  await build({
    configFile: false,
    root,
    mode,
    plugins: [react()],
    resolve: { alias },
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 4096, rollupOptions: { input: pages } },
  })
  if (what === 'starter') compress(`${root}/${outDir}`)
}

function compress(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = `${entry.parentPath ?? entry.path}/${entry.name}`
    if (entry.isFile()) writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file))) // its default quality is 11
  }
}
