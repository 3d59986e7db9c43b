import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath } from './support.ts'

const emulator = emulatorForTests()

const tools = [{ functionDeclarations: [{ name: 'a', parametersJsonSchema: { type: 'object' } }, { name: 'b' }] }]
const asks = (text: string) => ({ role: 'user', parts: [{ text }] })
const calls = (...names: string[]) => ({
  role: 'model',
  parts: names.map(name => ({ functionCall: { name, args: {} } })),
})
const responds = (...names: string[]) => ({
  role: 'user',
  parts: names.map(name => ({ functionResponse: { name, response: { ok: true } } })),
})

const afterCall = 'Please ensure that function response turn comes immediately after a function call turn.'
const afterUser =
  'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
const sameNumber =
  'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'

describe('turns out of order are refused', () => {
  test.each([
    ['a call first', [calls('a'), responds('a')], afterUser],
    [
      'a call after a model turn',
      [asks('x'), { role: 'model', parts: [{ text: 'y' }] }, calls('a'), responds('a')],
      afterUser,
    ],
    ['a response without a call', [asks('x'), responds('a')], afterCall],
    ['a response later', [asks('x'), calls('a'), asks('y'), responds('a')], sameNumber],
    ['too few responses', [asks('x'), calls('a', 'b'), responds('a')], sameNumber],
    ['too many responses', [asks('x'), calls('a'), responds('a', 'b')], sameNumber],
    ['responses in two contents', [asks('x'), calls('a', 'b'), responds('a'), responds('b')], sameNumber],
    ['text instead of a response', [asks('x'), calls('a'), asks('y')], sameNumber],
  ])('%s', async (_name, contents, message) => {
    const { status, json } = await call(emulator, generatePath('gemini-2.5-flash'), { contents, tools })
    expect({ status, message: json.error?.message }).toEqual({ status: 400, message })
  })

  test('a response under another name', async () => {
    const body = { contents: [asks('x'), calls('a'), responds('b')], tools }
    const { json } = await call(emulator, generatePath('gemini-2.5-flash'), body)
    expect(json.error.message).toContain('Function response `b` has no matching function call.')
  })
})

/** What the model says to a prompt, ready to be sent back. */
const modelTurn = async (model: string, text: string) => {
  const { json } = await call(emulator, generatePath(model), { contents: [asks(text)], tools })
  return json.candidates[0].content as { role: string; parts: Record<string, unknown>[] }
}

describe('thought signatures', () => {
  test('of a parallel call stand on its first part only, and come back', async () => {
    const turn = await modelTurn('gemini-3.8-flash', 'call a and b')
    expect(turn.parts.map(part => 'thoughtSignature' in part)).toEqual([true, false])
    const contents = [asks('call a and b'), turn, responds('a', 'b')]
    const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), { contents, tools })
    expect(status).toBe(200)
    expect(json.candidates[0].content.parts[0].text).toStartWith(
      'The function a returned {"ok":true}.\nThe function b returned {"ok":true}.',
    )
  })

  test('that are missing are refused on 3.x, with the function and the position', async () => {
    const contents = [asks('call a'), calls('a'), responds('a')]
    const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), { contents, tools })
    expect(status).toBe(400)
    expect(json.error.message).toBe(
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:a` , position 2. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.',
    )
  })

  test('are required of every step of the current turn', async () => {
    const first = await modelTurn('gemini-3.8-flash', 'call a then b')
    const contents = [asks('call a then b'), first, responds('a'), calls('b'), responds('b')]
    const { json } = await call(emulator, generatePath('gemini-3.8-flash'), { contents, tools })
    expect(json.error.message).toContain('function call `default_api:b` , position 4.')
  })

  test('are not asked for in earlier turns, nor on 2.5', async () => {
    const earlier = [
      asks('call a'),
      calls('a'),
      responds('a'),
      { role: 'model', parts: [{ text: 'done' }] },
      asks('thanks'),
    ]
    const current = [asks('call a'), calls('a'), responds('a')]
    expect((await call(emulator, generatePath('gemini-3.8-flash'), { contents: earlier, tools })).status).toBe(200)
    expect((await call(emulator, generatePath('gemini-2.5-flash'), { contents: current, tools })).status).toBe(200)
  })

  test.each(['skip_thought_signature_validator', btoa('skip_thought_signature_validator')])(
    'may be %s for history from elsewhere',
    async thoughtSignature => {
      const turn = { role: 'model', parts: [{ functionCall: { name: 'a' }, thoughtSignature }] }
      const contents = [asks('call a'), turn, responds('a')]
      expect((await call(emulator, generatePath('gemini-3.8-flash'), { contents, tools })).status).toBe(200)
    },
  )

  test.each<readonly [string, (part: Record<string, unknown>) => Record<string, unknown>]>([
    ['a changed byte', part => ({ ...part, thoughtSignature: `A${String(part.thoughtSignature).slice(1)}` })],
    ['invented bytes', part => ({ ...part, thoughtSignature: btoa('invented') })],
    [
      'other arguments',
      part => ({
        ...part,
        functionCall: { ...(part.functionCall as object), args: { x: 1 } },
      }),
    ],
  ])('with %s are corrupted', async (_name, change) => {
    const turn = await modelTurn('gemini-3.8-flash', 'call a')
    const contents = [asks('call a'), { ...turn, parts: turn.parts.map(change) }, responds('a')]
    const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), { contents, tools })
    expect({ status, message: json.error?.message }).toEqual({ status: 400, message: 'Corrupted thought signature.' })
  })
})
