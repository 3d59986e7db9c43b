import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { descriptorTable } from '#src/emulator/wire/descriptor-table.ts'
import { callOpenAi } from './openai-support.ts'
import { call, emulatorForTests, generatePath } from './support.ts'

const emulator = emulatorForTests()

/** Any JSON whose names are mostly those of the API, so that it gets far. */
const names = Object.values(descriptorTable).flatMap(fields => Object.keys(fields))
const someName = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() })
const scalar = fc.oneof(
  fc.constantFrom('a', 'user', 'model', 'OBJECT', 'AAAA', 'application/json', 1, -1, 1e12, true, null),
  fc.string(),
)
const { json } = fc.letrec(tie => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(someName, tie('json'), { maxKeys: 5 }),
  ),
}))

const mostlyKnown = fc.dictionary(someName, json, { maxKeys: 6 })
const often = { numRuns: 400, seed: 20261123 }

test('no body makes the emulator itself fail', async () => {
  await fc.assert(
    fc.asyncProperty(mostlyKnown, async members => {
      const body = { contents: [{ role: 'user', parts: [{ text: 'a' }] }], ...members }
      for (const path of [generatePath('gemini-3.8-flash'), '/v1beta/models/gemini-2.5-flash:countTokens']) {
        const { status, text } = await call(emulator, path, body)
        expect([200, 400, 403]).toContain(status)
        expect(text).not.toContain('The emulator itself failed')
      }
    }),
    often,
  )
})

/** Names of the one message, so that most of what is made is not refused at once. */
const chatName = fc.constantFrom(...Object.keys(descriptorTable.ChatCompletionRequest))

test('and neither does any chat', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(chatName, json, { maxKeys: 3 }), fc.array(mostlyKnown), async (members, turns) => {
      const messages = [{ role: 'user', content: 'a' }, ...turns]
      for (const path of ['chat/completions', 'embeddings']) {
        const { status, text } = await callOpenAi(emulator, path, { model: 'gemini-2.5-flash', messages, ...members })
        expect([200, 400, 403, 404]).toContain(status)
        expect(text).not.toContain('The emulator itself failed')
      }
    }),
    often,
  )
})

test('and neither does any schema of a function', async () => {
  const keyword = fc.constantFrom(
    ...['type', 'properties', 'required', 'items', 'anyOf', 'oneOf', 'allOf', '$ref', '$defs', 'enum', 'prefixItems'],
    ...['minItems', 'maxItems', 'minLength', 'maxLength', 'minimum', 'multipleOf', 'additionalProperties', 'const'],
  )
  const value = fc.constantFrom(
    'object',
    'array',
    'string',
    'integer',
    '#',
    '#/$defs/items',
    '#type',
    0,
    -3,
    1e12,
    null,
  )
  const { schema } = fc.letrec(tie => ({
    schema: fc.oneof(
      { depthSize: 'medium' },
      value,
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.dictionary(keyword, tie('schema'), { maxKeys: 5 }),
    ),
  }))
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keyword, schema, { maxKeys: 5 }), async parametersJsonSchema => {
      const { status, text } = await call(emulator, generatePath('gemini-3.8-flash'), {
        contents: [{ role: 'user', parts: [{ text: 'a' }] }],
        tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      })
      expect([200, 400]).toContain(status)
      expect(text).not.toContain('The emulator itself failed')
    }),
    often,
  )
})
