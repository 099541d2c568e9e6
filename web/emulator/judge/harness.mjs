// Starts the emulator command that EMULATOR names, and speaks its control API.
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"

export const secretKey = "tr_dev_judge"

export async function startEmulator(...flags) {
  const binary = process.env.EMULATOR
  if (!binary) throw new Error("set EMULATOR to the path of the emulator command: go build -o … ./cmd/emulator")
  const child = spawn(binary, ["--addr", "127.0.0.1:0", "--control", "--secret-key", secretKey, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const ended = new Promise((resolve) => child.once("exit", resolve))
  const url = await readyURL(child)

  async function control(method, path, body) {
    const response = await fetch(`${url}/emulator/${path}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.error}`)
    return answer
  }

  return {
    url,
    control,
    createRun: async (columns) => (await control("POST", "runs", columns)).id,
    updateRun: (id, columns) => control("PATCH", `runs/${id}`, columns),
    append: (id, key, ...parts) => control("POST", `runs/${id}/streams/${key}`, { parts }),
    closeStream: (id, key) => control("POST", `runs/${id}/streams/${key}/close`, {}),
    fault: (match, action, more) => control("POST", "faults", { match, action, ...more }),
    requests: async (path = "") => (await control("GET", `requests?path=${encodeURIComponent(path)}`)).requests,
    token: async (spec) => (await control("POST", "tokens", spec)).token,
    // Between tests: no faults, and an empty log.
    async reset() {
      await control("DELETE", "faults")
      await control("DELETE", "requests")
    },
    async stop() {
      child.kill("SIGTERM")
      const code = await ended
      if (code !== 0) throw new Error(`the emulator exited with ${code}`)
    },
  }
}

async function readyURL(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = line.match(/^emulator listening on (http:\/\/\S+)/)
    if (ready) return ready[1]
  }
  throw new Error("the emulator ended before it was ready")
}

// collect reads an async iterable to its end, or until enough says so.
export async function collect(iterable, enough = () => false) {
  const items = []
  for await (const item of iterable) {
    items.push(item)
    if (enough(items)) break
  }
  return items
}

// until resolves when check returns something true. The test's own deadline bounds it.
export async function until(check) {
  for (;;) {
    const found = await check()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
