// The little of Node that the tests use.
declare module 'node:fs' {
  export function readFileSync(path: URL, encoding: 'utf8'): string
}
declare const process: Record<'on' | 'off', (event: string, listener: unknown) => void>
