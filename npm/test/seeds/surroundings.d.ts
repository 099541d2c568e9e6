// The app around the examples: names that they use and do not import, and packages that are not installed.
declare const MyComponent: import('react').ComponentType
declare const RunDetails: import('react').ComponentType<{ id: string }>
declare const useRealtimeRunWithStreams: typeof import('@trigger.dev/react-hooks').useRealtimeRunWithStreams
declare const runs: typeof import('@trigger.dev/sdk').runs
declare const auth: typeof import('@trigger.dev/sdk').auth
declare const myTask: typeof import('./trigger/tasks').myTask
declare const [runId, batchId, tag]: [string, string, string]
declare const cookies: typeof import('next/headers').cookies
declare const openai: { chat: { completions: { create(request: object): Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> } } }
declare namespace OpenAI {
  type ChatCompletionChunk = import('./trigger/tasks').Chunk
}

declare module 'next/headers' {
  export const cookies: () => { get(name: string): string; set(name: string, value: string): void }
}
declare module 'next/navigation' {
  export const redirect: (url: string) => never
}
declare module 'ai' {
  export type TextStreamPart<TTools> = { type: 'text-delta'; text: string } | { type: 'tool-call'; tool: keyof TTools }
}
