import { defineConfig } from 'vitest/config'

export default defineConfig({
  define: { RUNWIRE_WORKER: '"runwire"' },
  test: { include: ['test/*.test.{ts,tsx}'], unstubGlobals: true },
})
