// The unmodified @trigger.dev/react-hooks, rendered without a DOM.
import assert from "node:assert/strict"
import { after, afterEach, before, describe, test } from "node:test"
import * as hooks from "@trigger.dev/react-hooks"
import { createElement } from "react"
import { create } from "react-test-renderer"
import { secretKey, startEmulator, until } from "./harness.mjs"

const deadline = { timeout: 30_000 }

let emulator
const mounted = []
before(async () => {
  emulator = await startEmulator("--poll-hold", "1s")
})
after(() => emulator.stop())
afterEach(async () => {
  for (const renderer of mounted.splice(0)) renderer.unmount()
})

// render mounts a component that calls use, and returns what it returned last.
function render(accessToken, use) {
  const latest = {}
  const Component = () => {
    Object.assign(latest, use())
    return null
  }
  const value = { baseURL: emulator.url, accessToken, requestOptions: { retry: { maxAttempts: 1 } } }
  const root = createElement(hooks.TriggerAuthContext.Provider, { value }, createElement(Component))
  // A root as applications have it.
  mounted.push(create(root, { unstable_isConcurrent: true }))
  return latest
}

const token = (...scopes) => emulator.token({ scopes })

describe("react hooks", deadline, () => {
  test("useRealtimeRunsWithTag lists runs as they come and change", async () => {
    const one = await emulator.createRun({ status: "EXECUTING", tags: ["hook"] })
    const state = render(await token("read:tags:hook"), () => hooks.useRealtimeRunsWithTag("hook"))
    await until(() => state.runs?.length === 1)
    const two = await emulator.createRun({ status: "EXECUTING", tags: ["hook"] })
    await until(() => state.runs.length === 2)
    await emulator.updateRun(one, { status: "COMPLETED_SUCCESSFULLY" })
    await until(() => state.runs.find((run) => run.id === one).isCompleted)
    assert.deepEqual(state.runs.map((run) => run.id), [one, two])
    assert.equal(state.error, undefined)
  })

  test("useRealtimeBatch lists the runs of a batch", async () => {
    await emulator.createRun({ batchId: "batch_hook" })
    const state = render(await token("read:batch:batch_hook"), () => hooks.useRealtimeBatch("batch_hook"))
    await until(() => state.runs?.length === 1)
    await emulator.createRun({ batchId: "batch_hook" }) // later: without a DOM the hooks lose rows that arrive together
    await until(() => state.runs.length === 2)
  })

  test("useRealtimeTaskTrigger triggers a task and follows its run", async () => {
    const state = render(await token("trigger:tasks:count-up"), () => hooks.useRealtimeTaskTrigger("count-up"))
    await until(() => state.submit)
    state.submit({ to: 2, everyMs: 20 }, { tags: ["from-hook"] })
    await until(() => state.run?.isCompleted)
    assert.deepEqual(state.run.output, { total: 2 })
    assert.deepEqual(state.run.tags, ["from-hook"])
  })

  test("useWaitToken completes a wait token", async () => {
    const response = await fetch(`${emulator.url}/api/v1/waitpoints/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${secretKey}` },
      body: "{}",
    })
    const { id } = await response.json()
    const state = render(response.headers.get("x-trigger-jwt"), () => hooks.useWaitToken(id))
    await until(() => state.complete)
    state.complete({ approved: true })
    await until(() => state.isCompleted)
  })

  test("useInputStreamSend speaks to a run, and useRealtimeStream hears it", async () => {
    const trigger = render(await token("trigger:tasks:chat"), () => hooks.useTaskTrigger("chat"))
    await until(() => trigger.submit)
    trigger.submit({})
    await until(() => trigger.handle)
    const { id, publicAccessToken } = trigger.handle
    const input = render(publicAccessToken, () => hooks.useInputStreamSend("messages", id))
    const output = render(publicAccessToken, () => hooks.useRealtimeStream(id, "replies"))
    await until(() => input.isReady)
    input.send({ text: "hello" })
    await until(() => output.parts?.some((part) => part.type === "done"))
    assert.equal(output.parts.map((part) => part.text ?? "").join(""), "You said: hello")
    input.send({ type: "end" })
  })

  test("useSessionStream has the records and the last control record", async () => {
    await emulator.control("POST", "sessions/chat-hook/out", {
      records: [{ data: { n: 1 } }, { body: "", headers: [["trigger-control", "turn-complete"]] }, { data: { n: 2 } }],
    })
    const state = render(await token("read:sessions:chat-hook"), () => hooks.useSessionStream("chat-hook"))
    await until(() => state.records?.length === 2)
    assert.deepEqual(state.records, [{ n: 1 }, { n: 2 }])
    assert.equal(state.lastControl.subtype, "turn-complete")
  })

  test("useSessionStreamChannel reads a channel with a name", async () => {
    await emulator.control("POST", "sessions/chat-hook/out?channel=side", { parts: [{ n: 3 }] })
    const state = render(await token("read:sessions:chat-hook:channels:side"), () =>
      hooks.useSessionStreamChannel("side", { sessionId: "chat-hook" }),
    )
    await until(() => state.records?.length === 1)
    assert.deepEqual(state.records, [{ n: 3 }])
  })
})
