// Run by tsc: our hooks stand where the original's stand.
import type * as original from '@trigger.dev/react-hooks'
import type { AnyTask as SDKTask, InferStreamType, RealtimeRun as SDKRun, TaskWithSchema } from '@trigger.dev/core/v3'
import { streams, task } from '@trigger.dev/sdk'
import * as ours from '../src/index.js'
import type { InferStreamType as OurInferStreamType } from '../src/hooks/useRealtimeStream.js'
import type { AnyTask, RealtimeRun } from '../src/realtimeRun.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Assignable<From, To> = [From] extends [To] ? true : false
const yes = <T extends true>(..._holds: T[]) => {}

const resize = task({ id: 'resize', run: async (payload: { w: number }) => ({ url: String(payload.w), at: new Date() }) })
const notify = task({ id: 'notify', run: async (_payload: { to: string[] }) => {} })
const bare = task({ id: 'bare', run: async () => 1 })
type Resize = typeof resize
type Notify = typeof notify
type Bare = typeof bare
type WithSchema = TaskWithSchema<'schema', undefined, { ok: boolean }>

// What a run holds.
yes<Equal<RealtimeRun<Resize>, SDKRun<Resize>>>()
yes<Equal<RealtimeRun<Bare>, SDKRun<Bare>>>()
yes<Equal<RealtimeRun<WithSchema>, SDKRun<WithSchema>>>()
yes<Equal<RealtimeRun<Resize | Notify>, SDKRun<Resize | Notify>>>()
yes<Equal<RealtimeRun<SDKTask>, SDKRun<SDKTask>>>()
yes<Equal<RealtimeRun<AnyTask>, SDKRun<SDKTask>>>()
yes<Assignable<SDKTask, AnyTask>>()

declare const run: RealtimeRun<Resize | Notify>
if (run.taskIdentifier === 'resize') yes<Equal<typeof run.payload, { w: number }>>()

// What hooks take. The original has these options too, which do nothing here yet and so are not offered.
type NotYet = 'requestOptions' | 'refreshAccessToken' | 'maxParts' | 'onParts'
type Theirs<T> = Omit<T, NotYet>
type Ours<T> = Pick<T, keyof T>
yes<Equal<Ours<ours.UseApiClientOptions>, Theirs<original.UseApiClientOptions>>>()
yes<Equal<Ours<ours.UseRealtimeRunOptions>, Theirs<original.UseRealtimeRunOptions>>>()
yes<Equal<Ours<ours.UseRealtimeSingleRunOptions<Resize>>, Theirs<original.UseRealtimeSingleRunOptions<Resize>>>>()
yes<Equal<Ours<ours.UseRealtimeStreamOptions<string>>, Theirs<original.UseRealtimeStreamOptions<string>>>>()

// What hooks give.
yes<Equal<ours.UseRealtimeRunInstance<Resize>, original.UseRealtimeRunInstance<Resize>>>()
yes<Equal<ours.UseRealtimeRunInstance, original.UseRealtimeRunInstance>>()
yes<Equal<ours.StreamResults<{ text: string }>, original.StreamResults<{ text: string }>>>()
yes<
  Equal<
    ours.UseRealtimeRunWithStreamsInstance<Resize, { text: string }>,
    original.UseRealtimeRunWithStreamsInstance<Resize, { text: string }>
  >
>()
yes<Equal<ours.UseRealtimeStreamInstance<string>, original.UseRealtimeStreamInstance<string>>>()

// One hook in the place of the other.
export const useRealtimeRun: typeof original.useRealtimeRun<Resize> = ours.useRealtimeRun<Resize>
export const useRealtimeRunWithStreams: typeof original.useRealtimeRunWithStreams<Resize, { text: string }> =
  ours.useRealtimeRunWithStreams<Resize, { text: string }>
export const useTriggerAuthContext: typeof original.useTriggerAuthContext = ours.useTriggerAuthContext
export const useTriggerAuthContextOptional: typeof original.useTriggerAuthContextOptional =
  ours.useTriggerAuthContextOptional

declare const theirs: typeof original
export const backRun: typeof ours.useRealtimeRun<Resize> = theirs.useRealtimeRun<Resize>
export const backStreams: typeof ours.useRealtimeRunWithStreams<Resize> = theirs.useRealtimeRunWithStreams<Resize>

// useRealtimeStream, overload by overload.
const defined = streams.define<{ text: string }>({ id: 'defined' })
yes<Equal<OurInferStreamType<typeof defined>, InferStreamType<typeof defined>>>()
export function useStreams() {
  const byDefinition = ours.useRealtimeStream(defined, 'run_1', { onData: (part) => part.text.trim() })
  yes<Equal<typeof byDefinition.parts, { text: string }[]>>()
  const byKey = ours.useRealtimeStream<number>('run_1', 'key', { onData: (part) => part.toFixed() })
  yes<Equal<typeof byKey.parts, number[]>>()
  const byDefault = ours.useRealtimeStream<number>('run_1', { lastEventId: 7, from: 'latest' })
  yes<Equal<typeof byDefault.parts, number[]>>()
  // @ts-expect-error A defined stream is read from a run.
  ours.useRealtimeStream(defined)
}

// Our context takes what an app gives the original's.
export const value: ours.ApiClientConfiguration = { accessToken: 'a', baseURL: 'b', previewBranch: 'c', secretKey: 'd' }
