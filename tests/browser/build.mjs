// node build.mjs FOLDER: builds the app in FOLDER/app with what is installed in FOLDER, once for production and once
// for development (where React's Strict Mode mounts twice), into FOLDER/production and FOLDER/development.
import { existsSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

const folder = process.argv[2]
const pages = [`${folder}/app/index.html`]
if (existsSync(`${folder}/node_modules/@trigger.dev/react-hooks/dist/devtools.js`)) pages.push(`${folder}/app/devtools.html`)
for (const mode of ['production', 'development']) {
  process.env.NODE_ENV = mode
  await build({
    configFile: false,
    root: `${folder}/app`,
    mode,
    plugins: [react()],
    logLevel: 'warn',
    build: { outDir: `../${mode}`, emptyOutDir: true, chunkSizeWarningLimit: 4096, rollupOptions: { input: pages } },
  })
}
