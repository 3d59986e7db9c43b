import { afterAll, beforeAll, expect, test } from 'bun:test'
import { clientToken, type LocalGateway, startGateway } from '#tests/_gateway.ts'

let gateway: LocalGateway
beforeAll(async () => {
  gateway = await startGateway({
    settings: { STREAM_OPTIMIZER_ENABLED: 'true', SAFETY_SETTINGS: '[]' },
    emulator: { delayMs: { betweenChunks: 20 } },
  })
})
afterAll(() => gateway.stop())

const path = '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse'
const body = '{"contents":[{"parts":[{"text":"write 300 words"}]}]}'

test('Whoever leaves a paced stream lets Google’s go as well, and its key', async () => {
  const controller = new AbortController()
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'x-goog-api-key': clientToken },
    body,
    signal: controller.signal,
  })
  await response.body?.getReader().read()
  expect(gateway.services.pool.inFlight).toBe(1)
  controller.abort()
  while (gateway.live.count > 0 || gateway.emulator.openRequests() > 0) await Bun.sleep(5)
  expect(gateway.services.pool.inFlight).toBe(0)
  expect(gateway.emulator.requests.at(-1)?.cancelled).toBe(true)
})
