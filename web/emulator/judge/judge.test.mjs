// The unmodified @trigger.dev/sdk judges the emulator: whatever it accepts, a frontend accepts.
import assert from "node:assert/strict"
import { after, before, beforeEach, describe, test } from "node:test"
import { Shape, ShapeStream } from "@electric-sql/client"
import { auth, configure, runs, streams, tasks } from "@trigger.dev/sdk"
import { collect, secretKey, startEmulator, until } from "./harness.mjs"

const noRetry = { retry: { maxAttempts: 1 } }
const deadline = { timeout: 15_000 }

let emulator
before(async () => {
  emulator = await startEmulator("--poll-hold", "1s")
  configure({ baseURL: emulator.url, secretKey, requestOptions: noRetry })
})
after(() => emulator.stop())
beforeEach(() => emulator.reset())

const withToken = (accessToken, work) => auth.withAuth({ baseURL: emulator.url, accessToken, requestOptions: noRetry }, work)

describe("trigger and retrieve", deadline, () => {
  test("a run completes with its output", async () => {
    const handle = await tasks.trigger("hello-world", { name: "Ada" }, { tags: ["user:1", "eu"], metadata: { a: 1 } })
    assert.match(handle.id, /^run_/)
    const run = await runs.poll(handle.id, { pollIntervalMs: 20 })
    assert.equal(run.status, "COMPLETED")
    assert.deepEqual(run.output, { message: "Hello, Ada" })
    assert.deepEqual(run.payload, { name: "Ada" })
    assert.deepEqual(run.tags, ["eu", "user:1"])
    assert.deepEqual(run.metadata, { a: 1 })
    assert.ok(run.startedAt instanceof Date && run.finishedAt instanceof Date)
    assert.ok(run.durationMs >= 190, `ran for ${run.durationMs} ms`)
  })

  test("a failed run has its error", async () => {
    const handle = await tasks.trigger("always-fails", { message: "out of paper" })
    const run = await runs.poll(handle.id, { pollIntervalMs: 20 })
    assert.equal(run.status, "FAILED")
    assert.equal(run.error.message, "out of paper")
    assert.equal(run.output, undefined)
  })

  test("a big output is downloaded", async () => {
    const handle = await tasks.trigger("big-output", { bytes: 700_000 })
    await until(async () => (await runs.retrieve(handle.id)).isCompleted)
    const run = await runs.retrieve(handle.id)
    assert.equal(run.output.data.length, 700_000)
  })

  test("a big payload is uploaded, and the task reads it", async () => {
    const name = "x".repeat(200_000)
    const handle = await tasks.trigger("hello-world", { name })
    const run = await runs.poll(handle.id, { pollIntervalMs: 50 })
    assert.equal(run.output.message.length, "Hello, ".length + name.length)
    assert.ok((await emulator.requests("/objects/")).some((request) => request.method === "PUT"))
  })

  test("dates survive as super+json", async () => {
    const handle = await tasks.trigger("hello-world", { name: "Ada", at: new Date(0) })
    const [run] = await collect(runs.subscribeToRun(handle.id), () => true)
    assert.deepEqual(run.payload.at, new Date(0))
  })

  test("an idempotency key finds the first run", async () => {
    const first = await tasks.trigger("hello-world", {}, { idempotencyKey: "once" })
    const second = await tasks.trigger("hello-world", {}, { idempotencyKey: "once" })
    assert.equal(second.id, first.id)
    assert.equal(second.isCached, true)
    assert.equal(first.isCached, false)
  })

  test("a retried trigger creates one run", async () => {
    await emulator.fault("POST /api/v1/tasks/", { dropAnswer: true }, { times: 1 })
    const handle = await tasks.trigger("hello-world", {}, {}, { retry: { maxAttempts: 2, minTimeoutInMs: 1 } })
    const requests = await emulator.requests("/api/v1/tasks/")
    assert.equal(requests.length, 2)
    const keys = new Set(requests.map((request) => request.headers["x-trigger-request-idempotency-key"]))
    assert.equal(keys.size, 1)
    assert.equal(handle.isCached, false)
    const number = async (id) => Number((await emulator.control("GET", `runs/${id}`)).columns.number)
    const next = await tasks.trigger("hello-world", {})
    assert.equal(await number(next.id), (await number(handle.id)) + 1)
  })

  test("a delayed run waits, and can be cancelled", async () => {
    const handle = await tasks.trigger("hello-world", {}, { delay: "1h" })
    const run = await runs.retrieve(handle.id)
    assert.equal(run.status, "DELAYED")
    assert.ok(run.delayedUntil > new Date())
    assert.deepEqual(await runs.cancel(handle.id), { id: handle.id })
    assert.equal((await runs.retrieve(handle.id)).status, "CANCELED")
  })

  test("an unknown task is 404, and eleven tags are 422", async () => {
    await assert.rejects(tasks.trigger("no-such-task", {}), { status: 404, message: /Task not found/ })
    const tags = Array.from({ length: 11 }, (_, i) => `tag-${i}`)
    await assert.rejects(tasks.trigger("hello-world", {}, { tags }), { status: 422 })
  })
})

describe("the run feed", deadline, () => {
  test("a subscription sees every step and ends", async () => {
    const handle = await tasks.trigger("count-up", { to: 3, everyMs: 60 })
    const seen = await collect(runs.subscribeToRun(handle.id))
    const last = seen.at(-1)
    assert.equal(last.status, "COMPLETED")
    assert.deepEqual(last.output, { total: 3 })
    assert.deepEqual(last.metadata, { progress: 1, current: 3 })
    const current = seen.map((run) => run.metadata?.current).filter(Boolean)
    assert.deepEqual([...new Set(current)], [1, 2, 3])
    for (let i = 1; i < seen.length; i++) assert.ok(seen[i].updatedAt > seen[i - 1].updatedAt)
  })

  test("the token of a run handle follows the run", async () => {
    const handle = await tasks.trigger("hello-world", {})
    await withToken(handle.publicAccessToken, async () => {
      const seen = await collect(runs.subscribeToRun(handle.id))
      assert.equal(seen.at(-1).isSuccess, true)
    })
  })

  test("an idle poll is answered and repeated", async () => {
    const id = await emulator.createRun({ status: "EXECUTING" })
    const subscription = collect(runs.subscribeToRun(id))
    await until(async () => (await emulator.requests(`/realtime/v1/runs/${id}`)).length >= 3)
    await emulator.updateRun(id, { status: "COMPLETED_SUCCESSFULLY", output: { ok: true } })
    assert.deepEqual((await subscription).at(-1).output, { ok: true })
  })

  test("a rotated shape is fetched again", async () => {
    const id = await emulator.createRun({ status: "EXECUTING", tags: ['with "quotes"', "a,b"] })
    const subscription = collect(runs.subscribeToRun(id))
    await until(async () => (await emulator.requests(`/realtime/v1/runs/${id}`)).length >= 2)
    await emulator.control("POST", `rotate/${id}`, {})
    await until(async () => (await emulator.requests(`/realtime/v1/runs/${id}`)).length >= 4)
    await emulator.updateRun(id, { status: "COMPLETED_SUCCESSFULLY" })
    const last = (await subscription).at(-1)
    assert.equal(last.status, "COMPLETED")
    assert.deepEqual(last.tags, ['with "quotes"', "a,b"])
    const statuses = (await emulator.requests(`/realtime/v1/runs/${id}`)).map((request) => request.status)
    assert.ok(statuses.includes(409), `answered ${statuses}`)
  })

  test("skipped columns are left out", async () => {
    const id = await emulator.createRun({ status: "COMPLETED_SUCCESSFULLY", payload: { a: 1 }, output: { b: 2 } })
    const [run] = await collect(runs.subscribeToRun(id, { skipColumns: ["payload", "payloadType"] }), () => true)
    assert.equal(run.payload, undefined)
    assert.deepEqual(run.output, { b: 2 })
  })

  test("connections that are cut come back", async () => {
    const id = await emulator.createRun({ status: "EXECUTING" })
    const subscription = collect(runs.subscribeToRun(id))
    const openPolls = async () => (await emulator.control("GET", "stats")).openRealtime
    await until(openPolls)
    await emulator.control("POST", "cut", {})
    await emulator.fault("/realtime/v1/runs", { status: 503, body: { error: "busy" } }, { times: 2 })
    await until(async () => (await emulator.requests("/realtime")).filter((request) => request.status === 503).length === 2)
    await emulator.updateRun(id, { status: "COMPLETED_WITH_ERRORS", error: { type: "STRING_ERROR", raw: "no" } })
    assert.deepEqual((await subscription).at(-1).error, { message: "no" })
  })

  test("the shape client itself decodes every column", async () => {
    const id = await emulator.createRun({ status: "EXECUTING", tags: ["x"], usageDurationMs: 7, costInCents: 1.5, isTest: true })
    const aborter = new AbortController()
    const stream = new ShapeStream({
      url: `${emulator.url}/realtime/v1/runs/${id}`,
      headers: { authorization: `Bearer ${secretKey}`, "x-trigger-api-version": "2025-07-16" },
      signal: aborter.signal,
    })
    const [row] = await new Shape(stream).rows
    assert.equal(Object.keys(row).length, 26)
    const { friendlyId, runTags, realtimeStreams, usageDurationMs, costInCents, isTest, output } = row
    assert.deepEqual(
      { friendlyId, runTags, realtimeStreams, usageDurationMs, costInCents, isTest, output },
      { friendlyId: id, runTags: ["x"], realtimeStreams: [], usageDurationMs: 7, costInCents: 1.5, isTest: true, output: null },
    )
    aborter.abort()
  })

  test("breaking out of a subscription frees its poll", async () => {
    const id = await emulator.createRun({ status: "EXECUTING" })
    await collect(runs.subscribeToRun(id), () => true)
    await until(async () => (await emulator.control("GET", "stats")).openRealtime === 0)
  })
})

for (const version of ["v2", "v1"]) {
  describe(`streams ${version}`, deadline, () => {
    let own
    before(async () => {
      own = await startEmulator("--stream-version", version, "--poll-hold", "1s")
    })
    after(() => own.stop())
    const here = (work) => auth.withAuth({ baseURL: own.url, accessToken: secretKey, requestOptions: noRetry }, work)

    test("withStreams yields runs and parts", () =>
      here(async () => {
        const handle = await tasks.trigger("stream-text", { prompt: "rivers", tokens: 20, everyMs: 5 })
        const parts = { openai: [], events: [] }
        let run
        for await (const item of runs.subscribeToRun(handle.id).withStreams()) {
          if (item.type === "run") run = item.run
          else parts[item.type].push(item.chunk)
          if (run?.isCompleted && parts.openai.length === 20 && parts.events.length === 20) break
        }
        assert.equal(parts.openai.join(""), run.output.text)
        assert.deepEqual(parts.events.at(-1), { type: "token", index: 19 })
      }))

    test("streams.read reads to the end of the stream", () =>
      here(async () => {
        const handle = await tasks.trigger("stream-text", { prompt: "rivers", tokens: 2500, everyMs: 0 })
        const parts = await collect(await streams.read(handle.id, "events"))
        assert.deepEqual(parts.map((part) => part.index), Array.from({ length: 2500 }, (_, i) => i))
      }))

    test("a stream that is cut resumes without loss or repetition", () =>
      here(async () => {
        const id = await own.createRun({ status: "EXECUTING" })
        await own.append(id, "log", 0, 1, { two: 'a "quoted" line\nand <another>' })
        const reading = streams.read(id, "log").then((stream) => collect(stream))
        await until(async () => (await own.requests("/realtime/v1/streams")).some((request) => request.status === 0))
        await own.control("POST", "cut", {})
        await own.append(id, "log", 3, "vier", null)
        await until(async () => (await own.requests("/realtime/v1/streams")).filter((request) => request.path.includes(id)).length === 2)
        await own.closeStream(id, "log")
        assert.deepEqual(await reading, [0, 1, { two: 'a "quoted" line\nand <another>' }, 3, "vier", null])
      }))

    test("a timeout ends an idle stream", () =>
      here(async () => {
        const id = await own.createRun({ status: "EXECUTING" })
        await own.append(id, "log", "only")
        const started = Date.now()
        assert.deepEqual(await collect(await streams.read(id, "log", { timeoutInSeconds: 1 })), ["only"])
        assert.ok(Date.now() - started >= 950)
      }))
  })
}

test("startIndex begins in the middle of a v2 stream", deadline, async () => {
  const id = await emulator.createRun({ status: "EXECUTING" })
  await emulator.append(id, "log", 0, 1, 2, 3)
  await emulator.closeStream(id, "log")
  assert.deepEqual(await collect(await streams.read(id, "log", { startIndex: 2 })), [2, 3])
})

describe("tokens", deadline, () => {
  test("a public token reads what its scopes name", async () => {
    const one = await emulator.createRun({ status: "EXECUTING", tags: ["env:staging"], taskIdentifier: "resize" })
    const other = await emulator.createRun({ status: "EXECUTING" })
    for (const scopes of [{ read: { runs: [one] } }, { read: { tags: ["env:staging"] } }, { read: { tasks: ["resize"] } }]) {
      const token = await auth.createPublicToken({ scopes })
      await withToken(token, async () => {
        assert.equal((await runs.retrieve(one)).id, one)
        await assert.rejects(runs.retrieve(other), { status: 403, code: "unauthorized" })
      })
    }
  })

  test("a token without scopes reads nothing", async () => {
    const id = await emulator.createRun({})
    await withToken(await auth.createPublicToken(), () => assert.rejects(runs.retrieve(id), { status: 403 }))
  })

  test("wrong, expired and foreign tokens are refused", async () => {
    const id = await emulator.createRun({})
    const scopes = ["read:runs"]
    const refused = [
      ["tr_dev_other", /Invalid API key/],
      [await emulator.token({ scopes, expiresIn: -1 }), /Public Access Token is invalid/],
      [await emulator.token({ scopes, secretKey: "tr_dev_other" }), /Public Access Token is invalid/],
      [await emulator.token({ scopes, iss: "https://example.com" }), /Public Access Token is invalid/],
      [await emulator.token({ scopes, aud: "https://example.com" }), /Public Access Token is invalid/],
      [await emulator.token({ scopes, sub: "env_other" }), /Invalid Public Access Token/],
    ]
    for (const [token, message] of refused) {
      await withToken(token, () => assert.rejects(runs.retrieve(id), { status: 401, message }))
    }
    const expired = await auth.createPublicToken({ scopes: { read: { runs: true } }, expirationTime: "1 minute ago" })
    await withToken(expired, () => assert.rejects(runs.retrieve(id), { status: 401 }))
  })

  test("a trigger token works once, and for its task alone", async () => {
    const token = await auth.createTriggerPublicToken("hello-world")
    await withToken(token, async () => {
      await assert.rejects(tasks.trigger("count-up", {}), { status: 403 })
      assert.match((await tasks.trigger("hello-world", {})).id, /^run_/)
      await assert.rejects(tasks.trigger("hello-world", {}), {
        status: 422,
        message: /Cannot trigger hello-world with a one-time use token as it has already been used/,
      })
    })
    const multiple = await auth.createTriggerPublicToken("hello-world", { multipleUse: true })
    await withToken(multiple, async () => {
      await tasks.trigger("hello-world", {})
      await tasks.trigger("hello-world", {})
    })
  })

  test("the log never shows a token", async () => {
    const token = await auth.createPublicToken({ scopes: { read: { runs: true } } })
    const id = await emulator.createRun({})
    await withToken(token, () => runs.retrieve(id))
    const log = JSON.stringify(await emulator.requests())
    assert.ok(!log.includes(token) && !log.includes(secretKey))
  })
})
