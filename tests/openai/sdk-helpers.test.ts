import { describe, expect, test } from 'bun:test'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { sentUp, usualModel } from './_ask.ts'
import { openai } from './_clients.ts'
import { gatewayForTests } from './_gateways.ts'
import { callsOf, parallelPrompt, responsesOf, weatherTools } from './_weather.ts'

const gateway = gatewayForTests()

const runnable = (asked: string[]) =>
  weatherTools.map(({ type, function: { name, description, parameters } }) => ({
    type,
    function: {
      name,
      description,
      parameters,
      parse: JSON.parse,
      function: ({ city }: { city: string }) => {
        asked.push(`${name} ${city}`)
        return `${name} of ${city}: 7`
      },
    },
  }))

const conversation = { model: usualModel, messages: [{ role: 'user' as const, content: parallelPrompt }] }

describe('runTools', () => {
  test('works off all calls', async () => {
    const asked: string[] = []
    const runner = openai(gateway).chat.completions.runTools({ ...conversation, tools: runnable(asked) })
    expect(await runner.finalContent()).toContain('get_weather of Lima: 7')
    expect(asked).toEqual(['get_weather Rome', 'get_time Oslo', 'get_weather Lima'])
    expectSigned()
  })

  test('does so over streams', async () => {
    const asked: string[] = []
    const runner = openai(gateway).chat.completions.runTools({ ...conversation, tools: runnable(asked), stream: true })
    const pieces: string[] = []
    runner.on('content', piece => pieces.push(piece))
    expect(await runner.finalContent()).toContain('get_weather of Lima: 7')
    expect(asked).toEqual(['get_weather Rome', 'get_time Oslo', 'get_weather Lima'])
    expect(pieces.join('')).toContain('get_weather of Lima: 7')
    expectSigned()
  })

  const expectSigned = () => {
    const bodies = sentUp(gateway)
    expect(bodies).toHaveLength(3)
    expect(callsOf(bodies[2]).map(part => typeof part.thoughtSignature)).toEqual(['string', 'undefined', 'string'])
    expect(responsesOf(bodies[2]).map(responses => responses.length)).toEqual([2, 1])
  }
})

const Trip = z.object({
  city: z.string(),
  days: z.number().int().min(1).max(9),
  stops: z.array(z.object({ name: z.string(), kind: z.enum(['museum', 'park']) })),
  note: z.string().nullable(),
})

describe('structured output', () => {
  const asked = {
    ...conversation,
    messages: [{ role: 'user' as const, content: 'Plan a trip.' }],
    response_format: zodResponseFormat(Trip, 'trip'),
  }

  test('is parsed by the schema', async () => {
    const answer = await openai(gateway).chat.completions.parse(asked)
    const trip = answer.choices[0]?.message.parsed
    expect(Trip.parse(trip)).toEqual(trip as z.infer<typeof Trip>)
    const [{ generationConfig }] = sentUp(gateway)
    expect(generationConfig.responseMimeType).toBe('application/json')
    expect(Object.keys(generationConfig.responseJsonSchema.properties)).toEqual(['city', 'days', 'stops', 'note'])
  })

  test('is parsed from a stream', async () => {
    const stream = openai(gateway).chat.completions.stream(asked)
    const final = await stream.finalChatCompletion()
    expect(() => Trip.parse(final.choices[0]?.message.parsed)).not.toThrow()
  })

  test('is some JSON where no schema is given', async () => {
    for (const model of [usualModel, 'gemini-2.5-flash']) {
      const answer = await openai(gateway).chat.completions.create({
        ...asked,
        model,
        response_format: { type: 'json_object' },
      })
      expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toBeObject()
    }
    for (const { generationConfig } of sentUp(gateway))
      expect(generationConfig.responseMimeType).toBe('application/json')
  })

  test('goes with tools where the model can do both, and does not fail where it cannot', async () => {
    for (const model of [usualModel, 'gemini-2.5-flash']) {
      const answer = await openai(gateway).chat.completions.create({ ...asked, model, tools: weatherTools })
      expect(answer.choices[0]?.message.content).toBeString()
    }
    sentUp(gateway)
  })

  test('parses the arguments of a strict tool', async () => {
    const answer = await openai(gateway).chat.completions.parse({
      ...conversation,
      tools: weatherTools.map(tool => ({ ...tool, function: { ...tool.function, strict: true } })),
      tool_choice: 'required',
    })
    expect(answer.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'get_weather', parsed_arguments: { city: 'Rome' } },
    })
    sentUp(gateway)
  })
})
