// The unmodified @trigger.dev/sdk follows many runs: by tag, and in batches.
import assert from "node:assert/strict"
import { after, before, beforeEach, describe, test } from "node:test"
import { apiClientManager } from "@trigger.dev/core/v3"
import { auth, batch, configure, runs, tasks } from "@trigger.dev/sdk"
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

// follow collects what a subscription yields until enough says so, and lets go of it.
const follow = (subscription, enough) => collect(subscription, enough)

describe("runs by tag", deadline, () => {
  test("a subscription has what is there, what comes, and what changes", async () => {
    const one = await emulator.createRun({ status: "EXECUTING", tags: ["list", "a"] })
    await emulator.createRun({ status: "EXECUTING", tags: ["other"] })
    const seen = []
    const followed = follow(runs.subscribeToRunsWithTag("list"), (items) => {
      seen.push(items.at(-1))
      return items.length === 3
    })
    await until(() => seen.length === 1)
    const two = await emulator.createRun({ status: "PENDING", tags: ["list"] })
    await until(() => seen.length === 2)
    await emulator.updateRun(one, { status: "COMPLETED_SUCCESSFULLY", output: { ok: true } })
    const items = await followed
    assert.deepEqual(items.map((run) => [run.id, run.status]), [[one, "EXECUTING"], [two, "QUEUED"], [one, "COMPLETED"]])
    assert.deepEqual(items[2].output, { ok: true })
  })

  test("several tags must all be there, and columns can be left out", async () => {
    const both = await emulator.createRun({ tags: ["x1", "x2"], payload: { big: 1 } })
    await emulator.createRun({ tags: ["x1"] })
    const subscription = runs.subscribeToRunsWithTag(["x1", "x2"], { createdAt: "1h", skipColumns: ["payload"] })
    const [run] = await follow(subscription, (items) => items.length === 1)
    assert.equal(run.id, both)
    assert.equal(run.payload, undefined)
    const [request] = await emulator.requests("/realtime/v1/runs")
    assert.match(request.query, /createdAt=1h/)
  })

  test("a list that is rotated is fetched again", async () => {
    const id = await emulator.createRun({ tags: ["rotated"] })
    const followed = follow(runs.subscribeToRunsWithTag("rotated"), (items) => items.at(-1).status === "COMPLETED")
    await until(async () => (await emulator.requests("/realtime/v1/runs")).length >= 2)
    await emulator.control("POST", "rotate", {})
    await until(async () => (await emulator.requests("/realtime/v1/runs")).some((request) => request.status === 409))
    await emulator.updateRun(id, { status: "COMPLETED_SUCCESSFULLY" })
    await followed
  })

  test("the scope of a tag reads its runs alone", async () => {
    const id = await emulator.createRun({ tags: ["scoped"] })
    const token = await auth.createPublicToken({ scopes: { read: { tags: ["scoped"] } } })
    await withToken(token, async () => {
      const [run] = await follow(runs.subscribeToRunsWithTag("scoped"), (items) => items.length === 1)
      assert.equal(run.id, id)
    })
  })
})

test("five thousand runs arrive", { timeout: 60_000 }, async () => {
  const own = await startEmulator("--list-rows", "5000")
  await auth.withAuth({ baseURL: own.url, accessToken: secretKey, requestOptions }, async () => {
    const items = Array.from({ length: 1000 }, () => ({ payload: {}, options: { tags: ["many"] } }))
    for (let i = 0; i < 5; i++) await tasks.batchTrigger("always-fails", items)
    const ids = new Set()
    for await (const run of runs.subscribeToRunsWithTag("many")) {
      ids.add(run.id)
      if (ids.size === 5000) break
    }
  })
  await own.stop()
})

describe("batches", deadline, () => {
  test("a batch is triggered, followed and retrieved", async () => {
    const handle = await tasks.batchTrigger("hello-world", [
      { payload: { name: "Ada" }, options: { tags: ["b"] } },
      { payload: { name: "Bob", at: new Date(0) } },
    ])
    assert.equal(handle.runCount, 2)
    await withToken(handle.publicAccessToken, async () => {
      const done = new Map()
      await follow(runs.subscribeToBatch(handle.batchId), (items) => {
        const run = items.at(-1)
        if (run.isSuccess) done.set(run.id, run.output.message)
        return done.size === 2
      })
      assert.deepEqual([...done.values()].sort(), ["Hello, Ada", "Hello, Bob"])
    })
    const retrieved = await batch.retrieve(handle.batchId)
    assert.equal(retrieved.status, "COMPLETED")
    assert.equal(retrieved.runs.length, 2)
    assert.equal((await runs.retrieve(retrieved.runs[0])).batchId, handle.batchId)
  })

  test("items that are lost on the way are sent again", async () => {
    await emulator.fault("POST /api/v3/batches/", { dropAnswer: true }, { times: 1 })
    const handle = await tasks.batchTrigger("hello-world", [{ payload: {} }, { payload: {} }])
    assert.equal((await batch.retrieve(handle.batchId)).runs.length, 2)
  })

  test("older SDKs send the items at once", async () => {
    const client = apiClientManager.clientOrThrow()
    const handle = await client.batchTriggerV3({ items: [{ task: "hello-world", payload: { a: 1 } }, { task: "count-up", payload: { to: 1, everyMs: 1 } }] })
    assert.equal(handle.runCount, 2)
    assert.equal((await batch.retrieve(handle.id)).runs.length, 2)
  })

  test("a trigger token for batches works for its task", async () => {
    const token = await auth.createBatchTriggerPublicToken("hello-world")
    await withToken(token, async () => {
      await assert.rejects(tasks.batchTrigger("count-up", [{ payload: {} }]))
      assert.match((await tasks.batchTrigger("hello-world", [{ payload: {} }])).batchId, /^batch_/)
      await assert.rejects(tasks.batchTrigger("hello-world", [{ payload: {} }]), /one-time use token/)
    })
  })

  test("fan-out has its children, by tag and by batch", async () => {
    const handle = await tasks.trigger("fan-out", { children: 3 })
    const run = await runs.poll(handle.id, { pollIntervalMs: 20 })
    const byBatch = await follow(runs.subscribeToBatch(run.output.batchId), (items) => items.length === 3)
    const byTag = await follow(runs.subscribeToRunsWithTag(`fan-out:${handle.id}`), (items) => items.length === 3)
    assert.deepEqual(byBatch.map((child) => child.id).sort(), byTag.map((child) => child.id).sort())
    const parent = await runs.retrieve(handle.id)
    assert.equal(parent.relatedRuns.children.length, 3)
    assert.equal((await runs.retrieve(byTag[0].id)).relatedRuns.parent.id, handle.id)
  })
})

describe("options of a trigger call", deadline, () => {
  test("every option is on the wire and kept", async () => {
    const handle = await tasks.trigger(
      "hello-world",
      { a: 1 },
      {
        queue: "slow", concurrencyKey: "k", ttl: "1h", tags: "t", maxAttempts: 3, maxDuration: 60, machine: "small-2x",
        priority: 10, region: "eu-central-1", version: "20260131.1", metadata: { m: 1 }, idempotencyKeyTTL: "1h", idempotencyKey: "options",
      },
    )
    const run = await runs.retrieve(handle.id)
    assert.equal(run.version, "20260131.1")
    assert.equal(run.region, "eu-central-1")
    assert.equal(run.ttl, "1h")
    const [request] = await emulator.requests("/api/v1/tasks/")
    const { options } = JSON.parse(request.body)
    assert.deepEqual(options.queue, { name: "slow" })
    const { settings } = await emulator.control("GET", `runs/${handle.id}`)
    const { queue, concurrencyKey, machine, priority, maxAttempts, maxDuration } = settings
    assert.deepEqual(
      { queue, concurrencyKey, machine, priority, maxAttempts, maxDuration },
      { queue: "slow", concurrencyKey: "k", machine: "small-2x", priority: "10", maxAttempts: "3", maxDuration: "60" },
    )
  })

  test("calls that are debounced share a run", async () => {
    const options = { debounce: { key: "d", delay: "1s", mode: "trailing" } }
    const first = await tasks.trigger("hello-world", { name: "one" }, options)
    const second = await tasks.trigger("hello-world", { name: "two" }, options)
    assert.equal(second.id, first.id)
    const run = await runs.poll(first.id, { pollIntervalMs: 50 })
    assert.deepEqual(run.output, { message: "Hello, two" })
  })

  test("a run that fails is tried again", async () => {
    const handle = await tasks.trigger("flaky", { failures: 1 })
    const run = await runs.poll(handle.id, { pollIntervalMs: 50 })
    assert.equal(run.status, "COMPLETED")
    assert.equal(run.attemptCount, 2)
  })

  test("an output has its dates", async () => {
    const handle = await tasks.trigger("import-csv", { rows: 30 })
    const [run] = (await collect(runs.subscribeToRun(handle.id))).slice(-1)
    assert.ok(run.output.startedAt instanceof Date && run.output.finishedAt >= run.output.startedAt)
    assert.deepEqual(run.metadata, { processed: 30, failed: 4, rows: 30 })
  })
})

test("a call too many is 429, and the client knows until when", deadline, async () => {
  const own = await startEmulator("--rate-limit", "1")
  await auth.withAuth({ baseURL: own.url, accessToken: secretKey, requestOptions }, async () => {
    await tasks.trigger("hello-world", {})
    await assert.rejects(tasks.trigger("hello-world", {}), (error) => error.status === 429 && error.millisecondsUntilReset > 0)
  })
  await own.stop()
})
