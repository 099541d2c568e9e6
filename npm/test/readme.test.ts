// @vitest-environment node
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// The React quick start of the project's README, compiled against the sources. Its Go is compiled by tests/readme_test.go.
test('the React of the README compiles', { timeout: 60_000 }, () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```tsx\n(.*?)```/gs)].map(([, code]) => code!)
  expect(blocks.length).toBeGreaterThan(0)
  const folder = mkdtempSync(join(import.meta.dirname, 'readme-'))
  try {
    blocks.forEach((code, i) =>
      writeFileSync(join(folder, `block${i}.tsx`), code.replaceAll('@trigger.dev/react-hooks', '../../src/index.js')),
    )
    const config = { extends: '../tsconfig.json', compilerOptions: { rootDir: '../..', noEmit: true }, include: ['.'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    execFileSync(join(import.meta.dirname, '../node_modules/.bin/tsc'), ['--project', folder], { stdio: 'pipe' })
  } catch (error) {
    throw new Error(String((error as { stdout?: unknown }).stdout ?? error))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
