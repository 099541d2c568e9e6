// node devserver.mjs FOLDER: Vite's development server for the app in FOLDER/app, configured as `npm create vite` does.
// It prints its address.
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'

const server = await createServer({
  configFile: false,
  root: `${process.argv[2]}/app`,
  plugins: [react()],
  server: { host: '127.0.0.1', port: 0, hmr: { port: 0 } },
  logLevel: 'warn',
})
await server.listen()
console.log(server.resolvedUrls.local[0])
