// The SDK with our frontend functions in the place of its own. What a backend does stays with the original.
export * from '@trigger.dev/sdk/v3'
export { runs } from '../../src/sdk.js'
