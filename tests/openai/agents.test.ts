import { describe, expect, test } from 'bun:test'
import { tool } from '@openai/agents'
import { z } from 'zod'
import { sentUp } from './_ask.ts'
import { agentOf } from './_clients.ts'
import { gatewayForTests, withBehaviour } from './_gateways.ts'
import { callsOf, parallelPrompt, responsesOf } from './_weather.ts'

const gateway = gatewayForTests()

const toolsOf = (asked: string[]) =>
  ['get_weather', 'get_time'].map(name =>
    tool({
      name,
      description: `It tells ${name} of a city.`,
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        asked.push(`${name} ${city}`)
        return `${name} of ${city}: 7`
      },
    }),
  )

const agentFor = (asked: string[], reached: { readonly url: string } = gateway) =>
  agentOf(reached, { instructions: 'Use your tools.', tools: toolsOf(asked) })

describe("an agent of OpenAI's framework", () => {
  test('works off its tools', async () => {
    const asked: string[] = []
    const { agent, runner } = agentFor(asked)
    const result = await runner.run(agent, parallelPrompt)
    expect(result.finalOutput).toContain('get_weather of Lima: 7')
    expectAll(asked)
    expect(result.state.usage.totalTokens).toBeGreaterThan(0)
  })

  test('works off its tools over streams', async () => {
    const asked: string[] = []
    const { agent, runner } = agentFor(asked)
    const result = await runner.run(agent, parallelPrompt, { stream: true })
    const pieces: string[] = []
    for await (const piece of result.toTextStream()) pieces.push(piece)
    await result.completed
    expect(result.finalOutput).toContain('get_weather of Lima: 7')
    expect(pieces.join('')).toContain('get_weather of Lima: 7')
    expectAll(asked)
  })

  test('goes on with what was said before', async () => {
    const asked: string[] = []
    const { agent, runner } = agentFor(asked)
    const first = await runner.run(agent, 'Please call get_weather with {"city":"Rome"}')
    const second = await runner.run(agent, [...first.history, { role: 'user', content: 'Now call get_time' }])
    expect(second.finalOutput).toContain('get_time of')
    expect(asked).toHaveLength(2)
    sentUp(gateway)
  })

  test('raises the error of a stream that is cut', async () => {
    await withBehaviour('cut', async cut => {
      const { agent, runner } = agentFor([], cut)
      const result = await runner.run(agent, 'write 300 words', { stream: true })
      const read = async () => {
        for await (const _ of result);
        await result.completed
      }
      await expect(read()).rejects.toThrow()
    })
  })

  const expectAll = (asked: readonly string[]) => {
    expect(asked).toEqual(['get_weather Rome', 'get_time Oslo', 'get_weather Lima'])
    const last = sentUp(gateway).at(-1)
    expect(callsOf(last).map(part => typeof part.thoughtSignature)).toEqual(['string', 'undefined', 'string'])
    expect(responsesOf(last).map(responses => responses.length)).toEqual([2, 1])
    expect(last.systemInstruction.parts).toEqual([{ text: 'Use your tools.' }])
  }
})
