// Every name that the original exports, of values and of types, is one of ours.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const original = '../node_modules/@trigger.dev/react-hooks/dist/esm/'

test('index.ts exports all that the original exports', () => {
  const files = [...read(`${original}index.d.ts`).matchAll(/^export \* from "(.*)\.js";$/gm)].map(([, file]) => read(`${original}${file}.d.ts`))
  const names = files.flatMap((text) => [
    ...[...text.matchAll(/^export (?:declare )?(?:type|interface|function|const|class) (\w+)/gm)].map(([, name]) => name!),
    ...listed(text),
  ])
  expect(names).toContain('useRealtimeRun')
  expect(names).toContain('StreamResults')
  const ours = listed(read('../src/index.ts'))
  expect(names.filter((name) => !ours.includes(name))).toEqual([])
})

/** The names in the braces of export statements. */
function listed(text: string): string[] {
  return [...text.matchAll(/^export (?:type )?\{(.*?)\}/gms)].flatMap(([, list]) => list!.split(',').map((name) => name.trim())).filter(Boolean)
}
