// Run by tsc: our hooks stand where the original's stand.
import type * as original from '@trigger.dev/react-hooks'
import type {
  AnyTask as SDKTask,
  ApiClientConfiguration as SDKConfiguration,
  ApiRequestOptions as SDKRequestOptions,
  InferStreamType,
  RealtimeRun as SDKRun,
  RetrieveRunResult as SDKRetrieved,
  SessionChannel,
  TaskIdentifier as SDKIdentifier,
  TaskPayload as SDKPayload,
  TaskWithSchema,
  TriggerOptions as SDKTriggerOptions,
} from '@trigger.dev/core/v3'
import { streams, task } from '@trigger.dev/sdk'
import type * as originalSDK from '@trigger.dev/sdk'
import * as ours from '../src/index.js'
import * as sdk from '../src/sdk.js'
import type { ApiRequestOptions } from '../src/connection.js'
import type { InferStreamType as OurInferStreamType } from '../src/hooks/useRealtimeStream.js'
import type { AnyTask, RealtimeRun, TaskIdentifier, TaskPayload } from '../src/realtimeRun.js'
import type { RetrieveRunResult } from '../src/retrievedRun.js'
import type { TriggerOptions } from '../src/taskTrigger.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Assignable<From, To> = [From] extends [To] ? true : false
type Alike<A, B> = Assignable<A, B> extends true ? Assignable<B, A> : false
const yes = <T extends true>(..._holds: T[]) => {}

const resize = task({ id: 'resize', run: async (payload: { w: number }) => ({ url: String(payload.w), at: new Date() }) })
const notify = task({ id: 'notify', run: async (_payload: { to: string[] }) => {} })
const bare = task({ id: 'bare', run: async () => 1 })
type Resize = typeof resize
type Notify = typeof notify
type Bare = typeof bare
type WithSchema = TaskWithSchema<'schema', undefined, { ok: boolean }>
type Streams = { text: string }
type Screens = SessionChannel<'screens', { out: { png: string }; in: { click: number } }>

// What a run holds.
yes<Equal<RealtimeRun<Resize>, SDKRun<Resize>>>()
yes<Equal<RealtimeRun<Bare>, SDKRun<Bare>>>()
yes<Equal<RealtimeRun<WithSchema>, SDKRun<WithSchema>>>()
yes<Equal<RealtimeRun<Resize | Notify>, SDKRun<Resize | Notify>>>()
yes<Equal<RealtimeRun<SDKTask>, SDKRun<SDKTask>>>()
yes<Equal<RealtimeRun<AnyTask>, SDKRun<SDKTask>>>()
yes<Assignable<SDKTask, AnyTask>>()
yes<Alike<RetrieveRunResult<Resize>, SDKRetrieved<Resize>>>()
yes<Alike<RetrieveRunResult<SDKTask>, SDKRetrieved<SDKTask>>>()

declare const run: RealtimeRun<Resize | Notify>
if (run.taskIdentifier === 'resize') yes<Equal<typeof run.payload, { w: number }>>()

// What a task takes.
yes<Equal<TaskIdentifier<Resize | Notify>, SDKIdentifier<Resize | Notify>>>()
yes<Equal<TaskPayload<Resize>, SDKPayload<Resize>>>()
yes<Equal<TaskPayload<WithSchema>, SDKPayload<WithSchema>>>()
yes<Assignable<SDKTriggerOptions, TriggerOptions>>()
yes<Equal<keyof SDKTriggerOptions, keyof TriggerOptions>>()

// What hooks take.
type Plain<T> = Omit<T, 'requestOptions'>
yes<Alike<ApiRequestOptions, SDKRequestOptions>>()
yes<Alike<ours.ApiClientConfiguration, SDKConfiguration>>()
yes<Equal<keyof ours.ApiClientConfiguration, keyof SDKConfiguration>>()
yes<Equal<keyof ours.UseApiClientOptions, keyof original.UseApiClientOptions>>()
yes<Equal<Plain<ours.UseApiClientOptions>, Plain<original.UseApiClientOptions>>>()
yes<Equal<Plain<ours.UseRealtimeRunOptions>, Plain<original.UseRealtimeRunOptions>>>()
yes<Equal<Plain<ours.UseRealtimeSingleRunOptions<Resize>>, Plain<original.UseRealtimeSingleRunOptions<Resize>>>>()
yes<Equal<Plain<ours.UseRealtimeRunsWithTagOptions>, Plain<original.UseRealtimeRunsWithTagOptions>>>()
yes<Equal<Plain<ours.UseRealtimeStreamOptions<string>>, Plain<original.UseRealtimeStreamOptions<string>>>>()
yes<Equal<Plain<ours.UseSessionStreamOptions<string>>, Plain<original.UseSessionStreamOptions<string>>>>()
yes<Equal<Plain<ours.UseTaskTriggerOptions>, Plain<original.UseTaskTriggerOptions>>>()
yes<Equal<Plain<ours.UseRealtimeTaskTriggerOptions>, Plain<original.UseRealtimeTaskTriggerOptions>>>()
type OurChannelOptions = ours.UseSessionStreamChannelOptions<Screens, 'in'>
type TheirChannelOptions = original.UseSessionStreamChannelOptions<Screens, 'in'>
yes<Alike<OurChannelOptions, TheirChannelOptions>>()
yes<Equal<keyof OurChannelOptions, keyof TheirChannelOptions>>()

// What hooks give: of those that follow something, what the original gives, and how it is connected.
type Followed<Ours extends ours.RealtimeConnection, Theirs> =
  Equal<Omit<Ours, keyof ours.RealtimeConnection>, Omit<Theirs, never>> extends true ? Alike<Ours, Theirs> : false
yes<Followed<ours.UseRealtimeRunInstance<Resize>, original.UseRealtimeRunInstance<Resize>>>()
yes<Followed<ours.UseRealtimeRunInstance, original.UseRealtimeRunInstance>>()
yes<Followed<ours.UseRealtimeRunsInstance<Resize | Notify>, original.UseRealtimeRunsInstance<Resize | Notify>>>()
yes<Equal<ours.StreamResults<Streams>, original.StreamResults<Streams>>>()
yes<
  Followed<ours.UseRealtimeRunWithStreamsInstance<Resize, Streams>, original.UseRealtimeRunWithStreamsInstance<Resize, Streams>>
>()
yes<Followed<ours.UseRealtimeStreamInstance<string>, original.UseRealtimeStreamInstance<string>>>()
yes<Followed<ours.UseSessionStreamInstance<string>, original.UseSessionStreamInstance<string>>>()
yes<Followed<ours.UseSessionStreamChannelInstance<string>, original.UseSessionStreamChannelInstance<string>>>()
yes<Equal<ours.WaitTokenInstance<string>, original.WaitTokenInstance<string>>>()
yes<Equal<ours.InputStreamSendInstance<string>, original.InputStreamSendInstance<string>>>()
yes<Assignable<ours.TriggerInstance<Resize>, original.TriggerInstance<Resize>>>()
yes<Assignable<ours.RealtimeTriggerInstance<Resize>, original.RealtimeTriggerInstance<Resize>>>()
yes<
  Assignable<
    ours.RealtimeTriggerInstanceWithStreams<Resize, Streams>,
    original.RealtimeTriggerInstanceWithStreams<Resize, Streams>
  >
>()

export function useConnection() {
  const { run, connection, retryAt } = ours.useRealtimeRun<Resize>('run_1')
  yes<Equal<typeof connection, 'connecting' | 'live' | 'paused' | 'retrying' | 'offline' | 'idle' | undefined>>()
  return [run?.payload?.w, retryAt?.getTime(), ours.useRealtimeTaskTrigger<Resize>('resize').lastUpdateAt?.getTime()]
}

// Every name of the original is one of ours.
type Missing = Exclude<keyof typeof original, keyof typeof ours>
yes<Equal<Missing, never>>()

// One hook in the place of the other.
export const forTheirs = {
  TriggerAuthContext: ours.TriggerAuthContext satisfies { Provider: unknown },
  useTriggerAuthContext: ours.useTriggerAuthContext satisfies typeof original.useTriggerAuthContext,
  useTriggerAuthContextOptional: ours.useTriggerAuthContextOptional satisfies typeof original.useTriggerAuthContextOptional,
  useRun: ours.useRun<Resize> satisfies typeof original.useRun<Resize>,
  useRealtimeRun: ours.useRealtimeRun<Resize> satisfies typeof original.useRealtimeRun<Resize>,
  useRealtimeRunWithStreams: ours.useRealtimeRunWithStreams<Resize, Streams> satisfies typeof original.useRealtimeRunWithStreams<
    Resize,
    Streams
  >,
  useRealtimeRunsWithTag: ours.useRealtimeRunsWithTag<Resize> satisfies typeof original.useRealtimeRunsWithTag<Resize>,
  useRealtimeBatch: ours.useRealtimeBatch<Resize> satisfies typeof original.useRealtimeBatch<Resize>,
  useTaskTrigger: ours.useTaskTrigger<Resize> satisfies typeof original.useTaskTrigger<Resize>,
  useRealtimeTaskTrigger: ours.useRealtimeTaskTrigger<Resize> satisfies typeof original.useRealtimeTaskTrigger<Resize>,
  useRealtimeTaskTriggerWithStreams: ours.useRealtimeTaskTriggerWithStreams<
    Resize,
    Streams
  > satisfies typeof original.useRealtimeTaskTriggerWithStreams<Resize, Streams>,
  useWaitToken: ours.useWaitToken<string> satisfies typeof original.useWaitToken<string>,
  useInputStreamSend: ours.useInputStreamSend<string> satisfies typeof original.useInputStreamSend<string>,
  useSessionStream: ours.useSessionStream<string> satisfies typeof original.useSessionStream<string>,
  useSessionStreamChannel: ours.useSessionStreamChannel<Screens, 'in'> satisfies typeof original.useSessionStreamChannel<
    Screens,
    'in'
  >,
}

declare const theirs: typeof original
export const forOurs = {
  useRun: theirs.useRun<Resize> satisfies typeof ours.useRun<Resize>,
  useRealtimeRun: theirs.useRealtimeRun<Resize> satisfies typeof ours.useRealtimeRun<Resize>,
  useRealtimeRunWithStreams: theirs.useRealtimeRunWithStreams<Resize> satisfies typeof ours.useRealtimeRunWithStreams<Resize>,
  useRealtimeRunsWithTag: theirs.useRealtimeRunsWithTag<Resize> satisfies typeof ours.useRealtimeRunsWithTag<Resize>,
  useRealtimeBatch: theirs.useRealtimeBatch<Resize> satisfies typeof ours.useRealtimeBatch<Resize>,
  useTaskTrigger: theirs.useTaskTrigger<Resize> satisfies typeof ours.useTaskTrigger<Resize>,
  useRealtimeTaskTrigger: theirs.useRealtimeTaskTrigger<Resize> satisfies typeof ours.useRealtimeTaskTrigger<Resize>,
  useRealtimeTaskTriggerWithStreams:
    theirs.useRealtimeTaskTriggerWithStreams<Resize> satisfies typeof ours.useRealtimeTaskTriggerWithStreams<Resize>,
  useWaitToken: theirs.useWaitToken<string> satisfies typeof ours.useWaitToken<string>,
  useInputStreamSend: theirs.useInputStreamSend<string> satisfies typeof ours.useInputStreamSend<string>,
  useSessionStream: theirs.useSessionStream<string> satisfies typeof ours.useSessionStream<string>,
  useSessionStreamChannel: theirs.useSessionStreamChannel<Screens> satisfies typeof ours.useSessionStreamChannel<Screens>,
}

// useRealtimeStream, overload by overload.
const defined = streams.define<{ text: string }>({ id: 'defined' })
yes<Equal<OurInferStreamType<typeof defined>, InferStreamType<typeof defined>>>()
export function useStreams() {
  const byDefinition = ours.useRealtimeStream(defined, 'run_1', { onData: (part) => part.text.trim() })
  yes<Equal<typeof byDefinition.parts, { text: string }[]>>()
  const byKey = ours.useRealtimeStream<number>('run_1', 'key', { onParts: ([part]) => part?.chunk.toFixed() })
  yes<Equal<typeof byKey.parts, number[]>>()
  const byDefault = ours.useRealtimeStream<number>('run_1', { lastEventId: 7, from: 'latest', maxParts: 1 })
  yes<Equal<typeof byDefault.parts, number[]>>()
  // @ts-expect-error A defined stream is read from a run.
  ours.useRealtimeStream(defined)
}

// Sessions: what a channel declares is what its records are.
export function useSessions() {
  const screens = ours.useSessionStreamChannel<Screens>('screens', { sessionId: 's', onRecords: ([part]) => part?.chunk.png })
  yes<Equal<typeof screens.records, { png: string }[]>>()
  const clicks = ours.useSessionStreamChannel<Screens, 'in'>('screens', { io: 'in' })
  yes<Equal<typeof clicks.records, { click: number }[]>>()
  const any = ours.useSessionStreamChannel('any', {})
  yes<Equal<typeof any.records, unknown[]>>()
  // @ts-expect-error Another channel.
  ours.useSessionStreamChannel<Screens>('screen', {})
}

// Triggering: the id and the payload are the task's.
export function useTriggers() {
  const { submit, handle } = ours.useTaskTrigger<Resize>('resize')
  submit({ w: 1 }, { tags: ['a'], delay: new Date(), metadata: { deep: [1, null] } })
  yes<Equal<NonNullable<typeof handle>['taskIdentifier'], 'resize'>>()
  // @ts-expect-error Another task.
  ours.useTaskTrigger<Resize>('notify')
  // @ts-expect-error Another payload.
  submit({ w: '1' })
}

// ./client: what is yielded and returned is what the functions of the SDK yield and return.
type Yielded<T> = T extends AsyncIterable<infer TItem> ? TItem : never
export async function useSDK(theirs: typeof originalSDK) {
  const run = sdk.runs.subscribeToRun<Resize>('run_1', { skipColumns: ['payload'], signal: new AbortController().signal })
  const theirRun = theirs.runs.subscribeToRun<Resize>('run_1')
  yes<Alike<Yielded<typeof run>, Yielded<typeof theirRun>>>()
  const parts = run.withStreams<Streams>()
  const theirParts = theirRun.withStreams<Streams>()
  yes<Alike<Yielded<typeof parts>, Yielded<typeof theirParts>>>()
  const tagged = sdk.runs.subscribeToRunsWithTag<Resize>(['a'], { createdAt: '1h' })
  const theirTagged = theirs.runs.subscribeToRunsWithTag<Resize>(['a'], { createdAt: '1h' })
  yes<Alike<Yielded<typeof tagged>, Yielded<typeof theirTagged>>>()
  const batch = sdk.runs.subscribeToBatch<Resize>('batch_1')
  const theirBatch = theirs.runs.subscribeToBatch<Resize>('batch_1')
  yes<Alike<Yielded<typeof batch>, Yielded<typeof theirBatch>>>()
  const retrieved = await sdk.runs.retrieve<Resize>('run_1')
  const theirRetrieved = await theirs.runs.retrieve<Resize>('run_1')
  yes<Alike<typeof retrieved, typeof theirRetrieved>>()
  const handle = await sdk.tasks.trigger<Resize>('resize', { w: 1 }, { tags: 'a' })
  const theirHandle = await theirs.tasks.trigger<Resize>('resize', { w: 1 }, { tags: 'a' })
  yes<Assignable<typeof handle, typeof theirHandle>>()
  sdk.runs.subscribeToRun(handle)
  sdk.configure satisfies typeof theirs.configure
  sdk.auth.withAuth satisfies typeof theirs.auth.withAuth
}
