import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, eventsOf, generatePath, says, streamPath } from './support.ts'

const emulator = emulatorForTests()

const generate = async (body: unknown, model = 'gemini-3.8-flash') =>
  (await call(emulator, generatePath(model), body)).json
const stream = async (body: unknown, model = 'gemini-3.8-flash') =>
  eventsOf((await call(emulator, streamPath(model), body)).text)

type Part = { text?: string; thought?: boolean; thoughtSignature?: string; functionCall?: { id: string; name: string } }
const partsOf = (json: { candidates: { content: { parts?: Part[] } }[] }): readonly Part[] =>
  json.candidates[0]?.content.parts ?? []
const kindsOf = (parts: readonly object[]) => parts.map(part => Object.keys(part)[0])
const functions = (...names: string[]) => [{ functionDeclarations: names.map(name => ({ name })) }]

describe('think aloud', () => {
  const body = { ...says('think aloud'), generationConfig: { thinkingConfig: { includeThoughts: true } } }

  test('gives thoughts in several pieces of a stream, which are one part of a whole answer', async () => {
    const pieces = (await stream(body)).flatMap(partsOf)
    const thoughts = pieces.filter(part => part.thought)
    expect(thoughts.length).toBeGreaterThan(2)
    const whole = partsOf(await generate(body))
    expect(whole.map(part => part.thought ?? false)).toEqual([true, false])
    expect(thoughts.map(part => part.text).join('')).toBe(whole[0]?.text ?? 'nothing')
  })

  test('shows nothing where thoughts are not asked for', async () => {
    expect(partsOf(await generate(says('think aloud'))).some(part => part.thought)).toBe(false)
  })
})

describe('in Chinese', () => {
  type Support = { segment: { partIndex?: number; startIndex: number; endIndex: number; text: string } }
  const body = { ...says('search in Chinese'), tools: [{ googleSearch: {} }] }
  const segmentsFit = (json: { candidates: { groundingMetadata: { groundingSupports: Support[] } }[] }) => {
    const parts = partsOf(json as never)
    const supports = json.candidates[0]?.groundingMetadata.groundingSupports ?? []
    for (const { segment } of supports) {
      const bytes = Buffer.from(parts[segment.partIndex ?? 0]?.text ?? '')
      expect(bytes.subarray(segment.startIndex, segment.endIndex).toString()).toBe(segment.text)
    }
    return supports.map(({ segment }) => segment.partIndex ?? 0)
  }

  test('is two parts, with supports that count bytes from the start of their part', async () => {
    const json = await generate(body)
    expect(kindsOf(partsOf(json))).toEqual(['text', 'text'])
    expect(segmentsFit(json)).toEqual([0, 0, 1, 1])
    expect(partsOf(json)[1]?.text).toContain('👨‍👩‍👧')
  })

  test('counts thoughts and code as parts too', async () => {
    const thinking = { ...body, generationConfig: { thinkingConfig: { includeThoughts: true } } }
    expect(segmentsFit(await generate(thinking))).toEqual([1, 1, 2, 2])
    const code = { ...says('search in Chinese with code'), tools: [{ googleSearch: {}, codeExecution: {} }] }
    expect(segmentsFit(await generate(code))).toEqual([2, 2, 3, 3])
  })

  test('says the same in a stream, never with half a character', async () => {
    const events = await stream(body)
    const text = events.flatMap(partsOf).map(part => part.text)
    expect(text.every(piece => piece?.isWellFormed())).toBe(true)
    const whole = await generate(body)
    expect(text.join('')).toBe(
      partsOf(whole)
        .map(part => part.text)
        .join(''),
    )
    expect(events.at(-1).candidates[0].groundingMetadata).toEqual(whole.candidates[0].groundingMetadata)
  })

  test('has no sources without a search tool, and is cut between characters', async () => {
    const config = { maxOutputTokens: 18 }
    const json = await generate({ ...says('answer in Chinese'), generationConfig: config })
    expect(json.candidates[0].groundingMetadata).toBeUndefined()
    expect([json.candidates[0].finishReason, partsOf(json)[0]?.text?.isWellFormed()]).toEqual(['MAX_TOKENS', true])
  })
})

describe('calls', () => {
  test('in parallel have ids of their own and a signature on the first alone', async () => {
    const calls = partsOf(await generate({ ...says('call a and b'), tools: functions('a', 'b') }))
    expect(calls.map(part => [part.functionCall?.name, part.thoughtSignature !== undefined])).toEqual([
      ['a', true],
      ['b', false],
    ])
    expect(new Set(calls.map(part => part.functionCall?.id)).size).toBe(2)
  })

  test('in steps have a signature each, and end in words', async () => {
    const tools = functions('a', 'b')
    const contents: unknown[] = [{ role: 'user', parts: [{ text: 'call a then b' }] }]
    for (const name of ['a', 'b']) {
      const parts = partsOf(await generate({ contents, tools }))
      expect([parts[0]?.functionCall?.name, parts[0]?.thoughtSignature === undefined]).toEqual([name, false])
      const { id } = parts[0]?.functionCall ?? {}
      contents.push(
        { role: 'model', parts },
        { role: 'user', parts: [{ functionResponse: { id, name, response: {} } }] },
      )
    }
    expect(partsOf(await generate({ contents, tools }))[0]?.text).toStartWith('The function b returned {}.')
  })

  test('between words have a text before and after them', async () => {
    const parts = partsOf(await generate({ ...says('call a and b between words'), tools: functions('a', 'b') }))
    expect(kindsOf(parts)).toEqual(['text', 'functionCall', 'functionCall', 'text'])
  })

  test('are made in mode ANY with one of the allowed names, whatever the prompt asks', async () => {
    const config = (mode: string, allowedFunctionNames: string[] = []) => ({
      ...says('call a'),
      tools: functions('a', 'b', 'c'),
      toolConfig: { functionCallingConfig: { mode, allowedFunctionNames } },
    })
    const names = async (body: unknown) => partsOf(await generate(body)).map(part => part.functionCall?.name)
    expect(await names(config('ANY', ['c', 'b']))).toEqual(['b'])
    expect(await names(config('ANY', ['a']))).toEqual(['a'])
    expect(await names(config('VALIDATED', ['b']))).toEqual([undefined])
    expect(await names(config('NONE'))).toEqual([undefined])
  })
})

describe('finish', () => {
  test.each(['SAFETY', 'RECITATION', 'OTHER', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'])(
    '%s ends an answer in its middle, unsigned',
    async reason => {
      const json = await generate(says(`finish ${reason}`))
      expect(json.candidates[0].finishReason).toBe(reason)
      const [part] = partsOf(json)
      expect(part?.text).toStartWith('You said')
      expect(part?.text).not.toContain('same request every time')
      expect(part?.thoughtSignature).toBeUndefined()
      expect((await stream(says(`finish ${reason}`))).at(-1).candidates[0].finishReason).toBe(reason)
    },
  )

  test.each(['UNEXPECTED_TOOL_CALL', 'MISSING_THOUGHT_SIGNATURE', 'MALFORMED_RESPONSE', 'NO_IMAGE'])(
    '%s comes instead of an answer',
    async reason => {
      const json = await generate(says(`finish ${reason}`))
      expect(json.candidates).toEqual([{ content: {}, finishReason: reason, index: 0 }])
    },
  )

  test('SAFETY has ratings, and MALFORMED_FUNCTION_CALL a message', async () => {
    expect((await generate(says('finish SAFETY'))).candidates[0].safetyRatings[1].blocked).toBe(true)
    const malformed = (await generate(says('finish MALFORMED_FUNCTION_CALL'))).candidates[0]
    expect([malformed.content, malformed.finishMessage]).toEqual([
      {},
      expect.stringMatching(/^Malformed function call: /),
    ])
  })

  test('is an ordinary word otherwise', async () => {
    expect((await generate(says('finish it, or finish EVERYTHING'))).candidates[0].finishReason).toBe('STOP')
  })
})

test('cached tokens are told as part of the prompt, in every chunk', async () => {
  const events = await stream(says('a question with 4 cached tokens'))
  for (const { usageMetadata } of events)
    expect(usageMetadata).toMatchObject({
      promptTokenCount: 8,
      cachedContentTokenCount: 4,
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }],
    })
  const { usageMetadata } = await generate(says('with 9000 cached tokens'))
  expect(usageMetadata.cachedContentTokenCount).toBe(usageMetadata.promptTokenCount)
})

test('a picture between words has text on both sides', async () => {
  const parts = partsOf(await generate(says('a key between words'), 'gemini-3-pro-image'))
  expect(kindsOf(parts)).toEqual(['text', 'inlineData', 'text'])
})
