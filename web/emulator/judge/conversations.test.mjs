// The unmodified @trigger.dev/sdk speaks with runs: wait tokens, input streams, written streams, metadata, sessions.
import assert from "node:assert/strict"
import { after, before, beforeEach, describe, test } from "node:test"
import { apiClientManager, realtimeStreams } from "@trigger.dev/core/v3"
import { StandardRealtimeStreamsManager } from "@trigger.dev/core/v3/workers"
import { auth, configure, runs, sessions, streams, tasks, wait } from "@trigger.dev/sdk"
import { collect, secretKey, startEmulator, until } from "./harness.mjs"

const requestOptions = { retry: { maxAttempts: 1 } }
const deadline = { timeout: 15_000 }

let emulator
before(async () => {
  emulator = await startEmulator("--poll-hold", "1s")
  configure({ baseURL: emulator.url, secretKey, requestOptions })
})
after(() => emulator.stop())
beforeEach(() => emulator.reset())

const withToken = (accessToken, work) => auth.withAuth({ baseURL: emulator.url, accessToken, requestOptions }, work)

describe("wait tokens", deadline, () => {
  test("a token is created, completed with its own public token, and retrieved", async () => {
    const token = await wait.createToken({ timeout: "1h", tags: ["w"], idempotencyKey: "once" })
    assert.equal((await wait.createToken({ idempotencyKey: "once" })).isCached, true)
    await withToken(token.publicAccessToken, () => wait.completeToken(token.id, { at: "noon" }))
    const retrieved = await wait.retrieveToken(token.id)
    assert.equal(retrieved.status, "COMPLETED")
    assert.deepEqual(retrieved.output, { at: "noon" })
    assert.deepEqual(retrieved.tags, ["w"])
    const other = await wait.createToken({})
    await withToken(token.publicAccessToken, () => assert.rejects(wait.completeToken(other.id, {}), { status: 403 }))
  })

  test("a webhook completes a token", async () => {
    const token = await wait.createToken({})
    const response = await fetch(token.url, { method: "POST", body: JSON.stringify({ from: "hook" }) })
    assert.deepEqual(await response.json(), { success: true })
    assert.deepEqual((await wait.retrieveToken(token.id)).output, { from: "hook" })
  })

  test("an approval waits for its answer", async () => {
    const handle = await tasks.trigger("approval", { question: "Ship it?" })
    let answered = false
    let last
    for await (const run of runs.subscribeToRun(handle.id)) {
      last = run
      if (run.isWaiting && !answered) {
        answered = true
        await withToken(run.metadata.publicAccessToken, () => wait.completeToken(run.metadata.waitTokenId, { approved: true }))
      }
    }
    assert.deepEqual(last.output, { approved: true })
  })
})

describe("input streams", deadline, () => {
  test("a chat answers what is sent to it", async () => {
    const handle = await tasks.trigger("chat", {})
    const messages = streams.input({ id: "messages" })
    await withToken(handle.publicAccessToken, async () => {
      await messages.send(handle.id, { text: "hello" })
      const parts = []
      for await (const part of await streams.read(handle.id, "replies")) {
        parts.push(part)
        if (part.type === "done") await messages.send(handle.id, { type: "end" })
      }
      assert.equal(parts.map((part) => part.text ?? "").join(""), "You said: hello")
      assert.deepEqual((await runs.retrieve(handle.id)).output, { turns: 1 })
      await assert.rejects(messages.send(handle.id, "late"), { status: 400 })
    })
  })

  test("what was sent completes a waitpoint", async () => {
    const id = await emulator.createRun({ status: "EXECUTING" })
    const client = apiClientManager.clientOrThrow()
    const { waitpointId } = await client.createInputStreamWaitpoint(id, { streamId: "in", timeout: "1h" })
    assert.deepEqual(await client.waitForWaitpointToken({ runFriendlyId: id, waitpointFriendlyId: waitpointId }), { success: true })
    assert.equal((await runs.retrieve(id)).status, "WAITING")
    await streams.input({ id: "in" }).send(id, { n: 1 })
    assert.equal((await runs.retrieve(id)).status, "EXECUTING")
    assert.deepEqual((await wait.retrieveToken(waitpointId)).output, { n: 1 })
  })
})

// Outside a task the SDK has no manager of streams, and takes one only once. This one passes on to the one of a test.
let manager
realtimeStreams.setGlobalManager({
  pipe: (...given) => manager.pipe(...given),
  append: (...given) => manager.append(...given),
})

for (const version of ["v2", "v1"]) {
  describe(`written streams ${version}`, deadline, () => {
    let own
    before(async () => {
      own = await startEmulator("--stream-version", version)
    })
    after(() => own.stop())
    const here = (work) =>
      auth.withAuth({ baseURL: own.url, accessToken: secretKey, requestOptions }, () => {
        manager = new StandardRealtimeStreamsManager(apiClientManager.clientOrThrow(), own.url)
        return work()
      })

    test("parts that are piped are read as they were", () =>
      here(async () => {
        const id = await own.createRun({ status: "EXECUTING" })
        async function* source() {
          for (let i = 0; i < 100; i++) yield { i, text: `line "${i}"\n` }
        }
        await streams.pipe("log", source(), { target: id }).waitUntilComplete()
        await own.closeStream(id, "log")
        const parts = await collect(await streams.read(id, "log"))
        assert.deepEqual(parts[99], { i: 99, text: 'line "99"\n' })
        assert.equal(parts.length, 100)
        assert.deepEqual((await runs.retrieve(id)).id, id)
        const { columns } = await own.control("GET", `runs/${id}`)
        assert.equal(columns.realtimeStreams, '{"log"}')
      }))

    test("a part that is appended is read as text", () =>
      here(async () => {
        const id = await own.createRun({ status: "EXECUTING" })
        await streams.append("log", "one", { target: id })
        await streams.append("log", "two", { target: id })
        await own.closeStream(id, "log")
        assert.deepEqual(await collect(await streams.read(id, "log")), ["one", "two"])
      }))
  })
}

test("metadata operations reach the run feed", deadline, async () => {
  const id = await emulator.createRun({ status: "EXECUTING", metadata: { n: 1 } })
  const client = apiClientManager.clientOrThrow()
  const answer = await client.updateRunMetadata(id, {
    operations: [{ type: "increment", key: "n", value: 2 }, { type: "append", key: "$.deep.list", value: "x" }],
  })
  assert.deepEqual(answer.metadata, { n: 3, deep: { list: ["x"] } })
  assert.deepEqual((await client.getRunMetadata(id)).metadata, answer.metadata)
  const [run] = await collect(runs.subscribeToRun(id), () => true)
  assert.deepEqual(run.metadata, answer.metadata)
})

describe("sessions", deadline, () => {
  const start = (externalId) =>
    sessions.start({ type: "chat.agent", externalId, taskIdentifier: "chat", triggerConfig: { basePayload: { chatId: externalId } } })

  test("a session is started, found, changed and closed", async () => {
    const session = await start("chat-1")
    assert.equal((await start("chat-1")).runId, session.runId)
    const found = await sessions.retrieve("chat-1")
    assert.equal(found.id, session.id)
    assert.equal(found.currentRunId, session.runId)
    assert.deepEqual((await sessions.update("chat-1", { tags: ["a"] })).tags, ["a"])
    assert.ok((await sessions.close("chat-1", { reason: "done" })).closedAt instanceof Date)
    await assert.rejects(start("chat-1"), { status: 409 })
  })

  test("its token sends to the task and reads what the task says", async () => {
    const session = await start("chat-2")
    await withToken(session.publicAccessToken, async () => {
      await sessions.open("chat-2").in.send({ kind: "message", text: "hello" })
      await sessions.open("chat-2").channel("side").in.send("aside")
    })
    const client = apiClientManager.clientOrThrow()
    const { records } = await client.readSessionStreamRecords("chat-2", "in")
    assert.deepEqual(records.map((record) => JSON.parse(record.data)), [{ kind: "message", text: "hello" }])
    const aside = await client.readSessionStreamRecords("chat-2", "in", { channel: "side" })
    assert.deepEqual(aside.records.map((record) => record.data), ["aside"])

    await emulator.control("POST", "sessions/chat-2/out", {
      records: [{ data: { text: "hi" } }, { body: "", headers: [["trigger-control", "turn-complete"], ["public-access-token", "x"]] }, { data: { text: "more" } }],
    })
    const controls = []
    await withToken(session.publicAccessToken, async () => {
      const stream = await sessions.open("chat-2").out.read({ timeoutInSeconds: 1, onControl: (event) => controls.push(event) })
      assert.deepEqual(await collect(stream), [{ text: "hi" }, { text: "more" }])
    })
    assert.deepEqual(controls.map(({ subtype, seqNum }) => ({ subtype, seqNum })), [{ subtype: "turn-complete", seqNum: 1 }])
  })

  test("a public token cannot speak for the task", async () => {
    const session = await start("chat-3")
    await withToken(session.publicAccessToken, () =>
      assert.rejects(apiClientManager.clientOrThrow().appendToSessionStream("chat-3", "out", "forged"), { status: 403 }),
    )
    await apiClientManager.clientOrThrow().appendToSessionStream("chat-3", "out", "genuine")
    const { records } = await apiClientManager.clientOrThrow().readSessionStreamRecords("chat-3", "out")
    assert.deepEqual(records.map((record) => record.data), ["genuine"])
  })
})
