// node seeds/build.mjs SEEDS FOLDER: builds the page of the examples in FOLDER, with what is installed above it, into
// FOLDER/built.
import react from '@vitejs/plugin-react'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { examples } from './examples.mjs'

const [seeds, folder] = process.argv.slice(2)
const installed = JSON.parse(readFileSync(`${folder}/../node_modules/@trigger.dev/react-hooks/package.json`, 'utf8'))

cpSync(fileURLToPath(new URL('.', import.meta.url)), folder, { recursive: true })
for (const part of ['components', 'scripts']) mkdirSync(`${folder}/${part}`)
const alias = { '@/trigger/auth': `${folder}/surroundings.ts`, '@trigger.dev/sdk': `${folder}/sdk.ts` }
for (const { name, path, component, code } of examples(seeds)) {
  if (component) writeFileSync(`${folder}/components/${name}.tsx`, code)
  // What follows runs does so with the package's entry for that, where it has one.
  else if (/\bruns\./.test(code) && installed.exports['./client']) writeFileSync(`${folder}/scripts/${name}.ts`, code)
  if (path?.startsWith('components/')) alias[`@/${path.replace('.tsx', '')}`] = `${folder}/components/${name}.tsx`
}

await build({
  configFile: false,
  root: folder,
  plugins: [react()],
  resolve: { alias },
  logLevel: 'error',
  // Scripts await at their top. What an example names and the package lacks is undefined.
  build: { outDir: 'built', target: 'es2022', rolldownOptions: { shimMissingExports: true } },
})
