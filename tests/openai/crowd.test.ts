import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { failureOf, say, sentUp, user, usualModel } from './_ask.ts'
import { openai } from './_clients.ts'
import { gatewayForTests, withBehaviour } from './_gateways.ts'
import { callsOf, report, turnOf, weatherTools } from './_weather.ts'

const gateway = gatewayForTests()

test('many conversations at once keep apart, with their calls and signatures', async () => {
  const talk = async (index: number) => {
    const first = user(`Please call get_weather with {"city":"City ${index}"}`)
    const stream = index % 2 === 0
    const asked = await say(gateway, { messages: [first], tools: weatherTools, stream })
    expect(asked.calls.map(call => JSON.parse(call.arguments))).toEqual([{ city: `City ${index}` }])
    const messages = [first, turnOf(asked, false), ...asked.calls.map(report)]
    const answer = await say(gateway, { messages, tools: weatherTools, stream })
    expect(answer.content).toContain(`City ${index}"`)
    return asked.calls[0]?.signature
  }
  const signatures = await Promise.all(Array.from({ length: 60 }, (_, index) => talk(index)))
  expect(new Set(signatures).size).toBe(60)
  const answered = sentUp(gateway).flatMap(body => callsOf(body).map(part => part.thoughtSignature))
  expect(answered.toSorted()).toEqual(signatures.map(String).toSorted())
})

test('a client that leaves before a whole answer ends the work upstream', async () => {
  await withBehaviour('silent', async silent => {
    const controller = new AbortController()
    const chat = { model: usualModel, messages: [{ role: 'user' as const, content: 'a' }], n: 3 }
    const left = failureOf(openai(silent).chat.completions.create(chat, { signal: controller.signal }))
    while (silent.emulator.openRequests() < 3) await Bun.sleep(5)
    controller.abort()
    expect(await left).toBeInstanceOf(OpenAI.APIUserAbortError)
    while (silent.emulator.openRequests() > 0) await Bun.sleep(5)
    expect(silent.emulator.requests.map(({ cancelled }) => cancelled)).toEqual([true, true, true])
  })
})

test('browsers may ask from anywhere', async () => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin: 'https://chat.example', 'access-control-request-method': 'POST' },
  })
  expect(response.ok).toBe(true)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('access-control-allow-headers')).toContain('authorization')
})
