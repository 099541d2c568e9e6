// @vitest-environment node
// The examples of the original's documentation, compiled as an app has them: only what stands under the imported names differs.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const seeds = process.env.RUNWIRE_SEEDS || join(root, '../shared/seeds')
const areHere = existsSync(seeds)
if (!areHere) console.warn(`The examples are not compiled: there is no folder ${seeds}, and RUNWIRE_SEEDS names no other.`)

interface Example {
  name: string
  extension: string
  path?: string
  code: string
}

// The browser tests read them with the same script.
const reader = (await import(join(root, 'tests/browser/seeds/examples.mjs'))) as { examples(folder: string): Example[] }
const examples = areHere ? reader.examples(seeds) : []
const fileOf = ({ name, extension }: Example) => `examples/${name}.${extension}`

describe.skipIf(!areHere)(`the examples in ${seeds}`, () => {
  let folder: string
  let theirs: Map<string, string[]>
  let ours: Map<string, string[]>

  beforeAll(() => {
    folder = mkdtempSync(join(import.meta.dirname, 'seeds-'))
    cpSync(join(import.meta.dirname, 'seeds'), folder, { recursive: true })
    mkdirSync(join(folder, 'examples'))
    for (const example of examples) writeFileSync(join(folder, fileOf(example)), example.code)
    theirs = diagnostics(folder, {})
    ours = diagnostics(folder, { '@trigger.dev/react-hooks': ['../../src/index.ts'], '@trigger.dev/sdk': ['./sdk.ts'] })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(examples)('$name', (example) => {
    const [want = [], got = []] = [theirs, ours].map((found) => found.get(fileOf(example)))
    // An example of what the original does not have.
    const isAhead = want.some((line) => line.includes('"@trigger.dev/react-hooks"\' has no exported member'))
    expect(got).toEqual(isAhead ? [] : want)
  })

  test('what they stand in compiles', () => {
    const files = examples.map(fileOf)
    for (const found of [theirs, ours]) expect([...found.keys()].filter((file) => !files.includes(file))).toEqual([])
    expect(files).not.toEqual([])
  })
})

/** What the compiler says, by file, when modules are where `paths` says. */
function diagnostics(folder: string, paths: Record<string, string[]>): Map<string, string[]> {
  // Some examples are files that others import.
  const own = examples.flatMap((example) =>
    example.path ? [[`@/${example.path.replace(/\.\w+$/, '')}`, [`./${fileOf(example)}`]]] : [],
  )
  const compilerOptions = {
    ...{ strict: true, jsx: 'react-jsx', target: 'es2022', module: 'esnext', moduleResolution: 'bundler' },
    ...{ moduleDetection: 'force', types: [], skipLibCheck: true, noEmit: true },
    paths: { ...Object.fromEntries(own), '@/trigger/*': ['./trigger/tasks.ts'], ...paths },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  const tsc = join(root, 'npm/node_modules/.bin/tsc')
  const { stdout } = spawnSync(tsc, ['--project', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  const found = new Map<string, string[]>()
  for (const line of stdout.split(/\n(?! )/).filter(Boolean)) {
    const [file = ''] = line.split('(')
    found.set(file, [...(found.get(file) ?? []), line])
  }
  return found
}
