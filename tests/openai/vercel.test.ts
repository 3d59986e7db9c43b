import { describe, expect, test } from 'bun:test'
import { generateObject, generateText, isStepCount, Output, streamText, tool } from 'ai'
import { z } from 'zod'
import { sentUp } from './_ask.ts'
import { vercelModels } from './_clients.ts'
import { gatewayForTests, withBehaviour } from './_gateways.ts'
import { callsOf, parallelPrompt } from './_weather.ts'

const gateway = gatewayForTests()

const toolsOf = (asked: string[]) => {
  const of = (name: string) =>
    tool({
      description: `It tells ${name} of a city.`,
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        asked.push(`${name} ${city}`)
        return { city, value: 7 }
      },
    })
  return { get_weather: of('get_weather'), get_time: of('get_time') }
}

const allAsked = ['get_weather Rome', 'get_time Oslo', 'get_weather Lima']
const Trip = z.object({ city: z.string(), days: z.number(), stops: z.array(z.string()) })

describe.each(Object.entries(vercelModels))("Vercel's ai with %s", (name, modelOf) => {
  test('generates a text', async () => {
    const { text, finishReason, usage } = await generateText({
      model: modelOf(gateway),
      instructions: 'Be short.',
      prompt: 'Hello 🌍',
      temperature: 0,
      maxOutputTokens: 500,
    })
    expect(text).toContain('You said: Hello 🌍')
    expect(finishReason).toBe('stop')
    expect(usage.totalTokens).toBeGreaterThan(usage.inputTokens ?? 0)
    expect(sentUp(gateway)[0].systemInstruction.parts).toEqual([{ text: 'Be short.' }])
  })

  test('streams a text, with its usage', async () => {
    const result = streamText({ model: modelOf(gateway), prompt: 'Hello 🌍' })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces.join('')).toContain('You said: Hello 🌍')
    expect(pieces.length).toBeGreaterThan(1)
    expect(await result.finishReason).toBe('stop')
    expect((await result.usage).outputTokens).toBeGreaterThan(0)
    sentUp(gateway)
  })

  test('works off tools in several steps', async () => {
    const asked: string[] = []
    const { text, steps } = await generateText({
      model: modelOf(gateway),
      tools: toolsOf(asked),
      stopWhen: isStepCount(5),
      prompt: parallelPrompt,
    })
    expect(asked).toEqual(allAsked)
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'tool-calls', 'stop'])
    expect(text).toContain('"value":7')
    expectSigned()
  })

  test('works off tools in several streamed steps', async () => {
    const asked: string[] = []
    const result = streamText({
      model: modelOf(gateway),
      tools: toolsOf(asked),
      stopWhen: isStepCount(5),
      prompt: parallelPrompt,
    })
    expect(await result.text).toContain('"value":7')
    expect(asked).toEqual(allAsked)
    expectSigned()
  })

  const expectSigned = () =>
    expect(callsOf(sentUp(gateway).at(-1)).map(part => typeof part.thoughtSignature)).toEqual([
      'string',
      'undefined',
      'string',
    ])

  test('generates an object, whole and streamed', async () => {
    const { object } = await generateObject({ model: modelOf(gateway), schema: Trip, prompt: 'Plan a trip.' })
    expect(() => Trip.parse(object)).not.toThrow()
    const { output } = streamText({
      model: modelOf(gateway),
      output: Output.object({ schema: Trip }),
      prompt: 'Plan a trip.',
    })
    expect(await output).toEqual(object)
    for (const { generationConfig } of sentUp(gateway))
      expect(Object.keys(generationConfig.responseJsonSchema.properties)).toEqual(['city', 'days', 'stops'])
  })

  test('shows reasoning where the package knows it', async () => {
    const { reasoningText, usage } = await generateText({ model: modelOf(gateway), prompt: 'Think.' })
    if (name === '@ai-sdk/openai-compatible') expect(reasoningText).toContain('Reading the request')
    expect(usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(0)
  })

  test('sends pictures and documents', async () => {
    const { text } = await generateText({
      model: modelOf(gateway),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'file', data: new Uint8Array([137, 80, 78, 71]), mediaType: 'image/png' },
            { type: 'file', data: new Uint8Array([37, 80, 68, 70]), mediaType: 'application/pdf', filename: 'a.pdf' },
          ],
        },
      ],
    })
    expect(text).toContain('I received image/png of 4 bytes.')
    expect(text).toContain('I received application/pdf of 4 bytes.')
    sentUp(gateway)
  })

  test('raises the error of a stream, told or not', async () => {
    for (const behaviour of ['stream-error', 'cut'] as const) {
      await withBehaviour(behaviour, async failing => {
        const errors: unknown[] = []
        const result = streamText({
          model: modelOf(failing),
          prompt: 'write 300 words',
          maxRetries: 0,
          onError: ({ error }) => {
            errors.push(error)
          },
        })
        await result.consumeStream()
        expect(errors).not.toEqual([])
        expect(await Promise.resolve(result.finishReason).catch(() => 'error')).not.toBe('stop')
      })
    }
  })
})
