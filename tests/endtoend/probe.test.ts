import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { startCompiledGateway, startGateway, clientToken } from '#tests/_gateway.ts'

test('x', async () => {
  const start = performance.now()
  const g = await startCompiledGateway()
  console.log(performance.now() - start, g.output())
  const l = await startGateway()
  for (const x of [g, l]) {
    const r = await fetch(`${x.url}/v1beta/models/gemini-3.8-flash:generateContent`, { method: 'POST', headers: { 'x-goog-api-key': clientToken }, body: '{"contents":[{"parts":[{"text":"hi"}]}]}' })
    console.log(r.status, (await r.text()).slice(0, 80))
  }
})
test('y', async () => {
})
test('y2', async () => {
})
