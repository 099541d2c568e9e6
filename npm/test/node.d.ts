// The little of Node that the tests use.
declare module 'node:fs' {
  export function readFileSync(path: URL | string, encoding: 'utf8'): string
  export function writeFileSync(path: string, text: string): void
  export function existsSync(path: string): boolean
  export function cpSync(from: string, to: string, options: { recursive: boolean }): void
  export function mkdirSync(path: string): void
  export function mkdtempSync(prefix: string): string
  export function rmSync(path: string, options: { recursive: boolean }): void
}
declare module 'node:path' {
  export function join(...parts: string[]): string
}
declare module 'node:child_process' {
  export function execFileSync(program: string, args: string[], options: { stdio: 'pipe' }): unknown
  export function spawnSync(program: string, args: string[], options: { cwd: string; encoding: 'utf8' }): { stdout: string }
}
interface ImportMeta {
  readonly dirname: string
}
declare const process: Record<'on' | 'off', (event: string, listener: unknown) => void> & {
  env: Record<string, string | undefined>
}
