import { act, render } from '@testing-library/react'
import { App } from './App.jsx'

test('without a worker the hooks stay in their first state', async () => {
  const requests = []
  globalThis.fetch = async (address) => requests.push(address)
  const { container } = render(<App runId="run_1" accessToken="none" />)
  await act(() => new Promise((resolve) => setTimeout(resolve)))
  expect(container.textContent).toBe('Loading…')
  expect(requests).toEqual([])
})
