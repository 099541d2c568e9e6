// Run by tsc: what hooks take and give is what the original's take and give.
import type * as original from '@trigger.dev/react-hooks'
import type {
  AnyTask as SDKTask,
  ApiClientConfiguration as SDKConfiguration,
  ApiRequestOptions as SDKRequestOptions,
  InferStreamType,
  RealtimeRun as SDKRun,
  RetrieveRunResult as SDKRetrieved,
  TaskIdentifier as SDKIdentifier,
  TaskPayload as SDKPayload,
  TaskWithSchema,
  TriggerOptions as SDKTriggerOptions,
} from '@trigger.dev/core/v3'
import { streams, task } from '@trigger.dev/sdk'
import * as ours from '../src/index.js'
import type { ApiRequestOptions } from '../src/connection.js'
import type { InferStreamType as OurInferStreamType } from '../src/hooks/useRealtimeStream.js'
import type { AnyTask, RealtimeRun, TaskIdentifier, TaskPayload } from '../src/realtimeRun.js'
import type { RetrieveRunResult } from '../src/retrievedRun.js'
import type { TriggerOptions } from '../src/taskTrigger.js'
import { yes } from './alike.js'
import type { Alike, Assignable, Equal, Notify, Resize, Screens, Streams } from './alike.js'

const bare = task({ id: 'bare', run: async () => 1 })
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
yes<Equal<Plain<ours.UseRealtimeSingleRunOptions>, Plain<original.UseRealtimeSingleRunOptions>>>()
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
yes<Followed<ours.UseRealtimeRunsInstance, original.UseRealtimeRunsInstance>>()
yes<Followed<ours.UseRealtimeRunsInstance<Resize | Notify>, original.UseRealtimeRunsInstance<Resize | Notify>>>()
yes<Equal<ours.StreamResults<Streams>, original.StreamResults<Streams>>>()
yes<
  Followed<ours.UseRealtimeRunWithStreamsInstance<Resize, Streams>, original.UseRealtimeRunWithStreamsInstance<Resize, Streams>>
>()
yes<Followed<ours.UseRealtimeRunWithStreamsInstance, original.UseRealtimeRunWithStreamsInstance>>()
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
yes<Assignable<ours.RealtimeTriggerInstanceWithStreams<Resize>, original.RealtimeTriggerInstanceWithStreams<Resize>>>()

export function useConnection() {
  const { run, connection, retryAt } = ours.useRealtimeRun<Resize>('run_1')
  yes<Equal<typeof connection, 'connecting' | 'live' | 'paused' | 'retrying' | 'offline' | 'idle' | undefined>>()
  return [run?.payload?.w, retryAt?.getTime(), ours.useRealtimeTaskTrigger<Resize>('resize').lastUpdateAt?.getTime()]
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
