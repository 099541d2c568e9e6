// What the tests of types have in common: how two types are compared, and tasks of the real SDK.
import type { SessionChannel } from '@trigger.dev/core/v3'
import { task } from '@trigger.dev/sdk'

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export type Assignable<From, To> = [From] extends [To] ? true : false
export type Alike<A, B> = Assignable<A, B> extends true ? Assignable<B, A> : false

type Takes<T> = T extends (...taken: infer Taken) => unknown ? Taken : never
type Gives<T> = T extends (...taken: any[]) => infer Given ? Item<Awaited<Given>> : never
type Item<T> = T extends AsyncIterable<infer TItem> ? TItem : T

/**
 * The names of functions that do not stand for those of `Theirs`: that take less, or give something else, of what can be
 * iterated something else item by item.
 */
export type Failing<Ours, Theirs, Name extends keyof Ours & keyof Theirs = keyof Ours & keyof Theirs> = {
  [K in Name]: Assignable<[Takes<Theirs[K]>, Gives<Ours[K]>], [Takes<Ours[K]>, Gives<Theirs[K]>]> extends true ? never : K
}[Name]

/** Compiles when every one of its types holds. */
export const yes = <T extends true>(..._holds: T[]) => {}

const resize = task({ id: 'resize', run: async (payload: { w: number }) => ({ url: String(payload.w), at: new Date() }) })
const notify = task({ id: 'notify', run: async (_payload: { to: string[] }) => {} })
export type Resize = typeof resize
export type Notify = typeof notify
export type Streams = { text: string }
export type Screens = SessionChannel<'screens', { out: { png: string }; in: { click: number } }>
