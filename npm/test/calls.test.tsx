// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest'
import { opened } from './messages.js'
import { accessToken, handle, openPage, recorder } from './page.js'

let page: Awaited<ReturnType<typeof openPage>>
beforeEach(async () => {
  page = await openPage()
})

test('useWaitToken completes a token, and stays completed', async () => {
  const { Component, latest } = recorder(({ id }) => page.hooks.useWaitToken<object>(id, { accessToken }))
  await page.render(<Component />)
  expect(latest()).toMatchObject({ isReady: false, isCompleted: false, isLoading: false, error: undefined })
  await page.render(<Component id="waitpoint_1" />)
  expect(latest().isReady).toBe(true)
  await page.run(() => latest().complete({ approved: true }))
  const messages = page.posted()
  expect(messages).toMatchObject([
    { spec: { hook: 'waitToken', waitpointId: 'waitpoint_1' } },
    { body: { data: { approved: true } } },
  ])
  await page.publish({ views: [{ scopes: [opened(messages)[0]!.scope], result: { success: true } }] })
  expect(latest()).toMatchObject({ isLoading: false, isCompleted: true })
  const cyclic: Record<string, unknown> = {}
  cyclic.cyclic = cyclic
  await page.run(() => latest().complete(cyclic))
  expect(latest()).toMatchObject({ isLoading: false, isCompleted: true, error: { name: 'TypeError' } })
})

test('useInputStreamSend sends, when there is a run and an access token', async () => {
  const { Component, latest } = recorder(({ runId, ...options }) => page.hooks.useInputStreamSend('chat', runId, options))
  await page.render(<Component accessToken={accessToken} />)
  expect(latest().isReady).toBe(false)
  await page.render(<Component runId="run_1" enabled={false} />)
  expect(latest().isReady).toBe(false)
  await page.render(<Component runId="run_1" accessToken={accessToken} />)
  expect(latest()).toMatchObject({ isReady: true, isLoading: false })
  await page.run(() => latest().send({ text: 'hi' }))
  const messages = page.posted()
  expect(messages).toMatchObject([
    { spec: { hook: 'inputStream', runId: 'run_1', streamId: 'chat' } },
    { body: { data: { text: 'hi' } } },
  ])
  expect(latest().isLoading).toBe(true)
  await page.publish({ views: [{ scopes: [opened(messages)[0]!.scope], result: { ok: true } }] })
  expect(latest()).toMatchObject({ isLoading: false, error: undefined })
})

test('useApiClient is undefined or throws without a token, and makes the same calls', async () => {
  const { Component, latest } = recorder((options) => page.hooks.useApiClient(options))
  await page.render(<Component enabled={false} />)
  expect(latest()).toBeUndefined()
  await expect(page.render(<Component />)).rejects.toThrow('Missing accessToken in TriggerAuthContext or useApiClient options')
  await page.render(<Component accessToken={accessToken} requestOptions={{ retry: { maxAttempts: 1 } }} />)
  const api = latest()!
  const answer = async <T,>(promise: Promise<T>, view: object, feeds: object[] = []) => {
    await page.run(() => {})
    const messages = page.posted()
    const answered = promise.then((result) => ({ messages, result }))
    answered.catch(() => {})
    await page.publish({ feeds: feeds as never, views: [{ scopes: [opened(messages)[0]!.scope], ...view }] })
    return answered
  }
  const triggered = await answer(
    api.triggerTask(
      'resize',
      { payload: '{}', options: { payloadType: 'application/json', queue: { name: 'q' }, lockToVersion: '1' } },
      {},
      { additionalHeaders: { a: 'b' } },
    ),
    { result: handle },
  )
  expect(triggered.messages).toMatchObject([
    { options: { requestOptions: { retry: { maxAttempts: 1 }, additionalHeaders: { a: 'b' } } } },
    { body: { payload: '{}', payloadType: 'application/json', options: { queue: { name: 'q' }, version: '1' } } },
  ])
  expect(triggered.result).toEqual(handle)
  const completed = await answer(api.completeWaitpointToken('w', { data: 1 }), { result: { success: true } })
  expect(completed.result).toEqual({ success: true })
  const sent = await answer(api.sendInputStream('run_1', 'chat', 1), { result: { ok: true } })
  expect(sent.result).toEqual({ ok: true })
  const retrieved = { id: 'run_1', createdAt: '2026-01-31T10:20:30.000Z' }
  const run = await answer(api.retrieveRun('run_1'), { retrieved: 9 }, [{ feed: 9, retrieved }])
  expect(run.result).toEqual({ id: 'run_1', createdAt: new Date(retrieved.createdAt) })
  const failing = answer(api.retrieveRun('run_1'), { error: { name: 'TriggerApiError', message: 'gone', status: 404 } })
  await expect(failing).rejects.toMatchObject({ status: 404 })
})
