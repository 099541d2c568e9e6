// Run by tsc: the functions of ./client stand in the place of the SDK's.
import type * as original from '@trigger.dev/sdk'
import type * as ours from '../src/sdk.js'
import { yes } from './alike.js'
import type { Alike, Equal, Failing, Resize, Streams } from './alike.js'

interface Theirs {
  configure: typeof original.configure
  'auth.configure': typeof original.auth.configure
  'auth.withAuth': typeof original.auth.withAuth
  'runs.retrieve': typeof original.runs.retrieve<Resize>
  'runs.subscribeToRun': typeof original.runs.subscribeToRun<Resize>
  'runs.subscribeToRunsWithTag': typeof original.runs.subscribeToRunsWithTag<Resize>
  'runs.subscribeToBatch': typeof original.runs.subscribeToBatch<Resize>
  'runs.fetchStream': typeof original.runs.fetchStream<string>
  'tasks.trigger': typeof original.tasks.trigger<Resize>
}

interface Ours {
  configure: typeof ours.configure
  'auth.configure': typeof ours.auth.configure
  'auth.withAuth': typeof ours.auth.withAuth
  'runs.retrieve': typeof ours.runs.retrieve<Resize>
  'runs.subscribeToRun': typeof ours.runs.subscribeToRun<Resize>
  'runs.subscribeToRunsWithTag': typeof ours.runs.subscribeToRunsWithTag<Resize>
  'runs.subscribeToBatch': typeof ours.runs.subscribeToBatch<Resize>
  'runs.fetchStream': typeof ours.runs.fetchStream<string>
  'tasks.trigger': typeof ours.tasks.trigger<Resize>
}

yes<Equal<Failing<Ours, Theirs>, never>>()
yes<Equal<Exclude<keyof typeof ours.runs, keyof typeof original.runs>, never>>()
yes<Equal<Exclude<keyof typeof ours.auth, keyof typeof original.auth>, never>>()
yes<Equal<Exclude<keyof typeof ours.tasks, keyof typeof original.tasks>, never>>()

type Yielded<T> = T extends AsyncIterable<infer TItem> ? TItem : never
export async function useBoth(mine: typeof ours, theirs: typeof original) {
  const run = mine.runs.subscribeToRun<Resize>('run_1').withStreams<Streams>()
  const theirRun = theirs.runs.subscribeToRun<Resize>('run_1').withStreams<Streams>()
  yes<Alike<Yielded<typeof run>, Yielded<typeof theirRun>>>()
  const handle = await mine.tasks.trigger<Resize>('resize', { w: 1 }, { tags: 'a' })
  for await (const run of mine.runs.subscribeToRun(handle)) run.id
}
