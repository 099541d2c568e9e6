// The app around the examples, as far as it has types: what they import from its tasks.
import type { Task } from '@trigger.dev/sdk/v3'

export declare const exampleTask: Task<'example', { foo: string }, { done: boolean }>
export declare const myTask: Task<'my-task', { data: string }, { text: string }>
export declare const myTask1: Task<'my-task-1', { one: string }, string>
export declare const myTask2: Task<'my-task-2', { two: number }, number>
export declare const streamingTask: Task<'streaming-task', { prompt: string }, { text: string }>

export type Chunk = { choices: { delta: { content?: string } }[] }
export type STREAMS = { openai: Chunk }
