import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath, says } from './support.ts'

const emulator = emulatorForTests()
const path = 'GenerateContentRequest.tools[0].function_declarations[0].parameters_json_schema'

const refusalOf = async (declaration: object) => {
  const body = { ...says('a'), tools: [{ functionDeclarations: [{ name: 'f', ...declaration }] }] }
  const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), body)
  return status === 200 ? 'accepted' : json.error.message
}

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const node = (required: readonly string[], next: object) => ({
  $defs: { node: object({ label: { type: 'string' }, next }, { required }) },
  $ref: '#/$defs/node',
})
const endless = (reference: string) =>
  `* ${path}: the $ref ${reference} is cyclic, which is only allowed within non-required properties\n`

describe('a JSON Schema is refused for', () => {
  test.each([
    ['a boolean in the place of all', true, `* ${path}: schema must be an object\n`],
    ['a boolean property', object({ a: true }), `* ${path}.properties[a]: schema must be an object\n`],
    [
      'boolean items',
      object({ a: { type: 'array', items: false } }),
      `* ${path}.properties[a].items: schema must be an object\n`,
    ],
    ['a boolean alternative', { anyOf: [{ type: 'object' }, true] }, `* ${path}.anyOf[1]: schema must be an object\n`],
    [
      'a reference to nothing',
      object({ a: { $ref: '#/$defs/b' } }, { $defs: { a: {} } }),
      `* ${path}.properties[a].$ref: cannot resolve the reference "#/$defs/b"\n`,
    ],
    [
      'a reference to elsewhere',
      object({ a: { $ref: 'https://example.com/a.json' } }),
      `* ${path}.properties[a].$ref: cannot resolve the reference "https://example.com/a.json"\n`,
    ],
    [
      'a reference in additionalProperties that stands beside other keys',
      object({}, { $defs: { a: {} }, additionalProperties: { $ref: '#/$defs/a', type: 'string' } }),
      `* ${path}.additionalProperties: $ref cannot be combined with other fields (type)\n`,
    ],
    ['a required cycle', node(['next'], { $ref: '#/$defs/node' }), endless('#/$defs/node')],
    [
      'a required cycle that may be null',
      node(['next'], { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] }),
      endless('#/$defs/node'),
    ],
    [
      'a required cycle through a list',
      node(['next'], { type: 'array', items: { $ref: '#/$defs/node' } }),
      endless('#/$defs/node'),
    ],
    [
      'a required cycle of two',
      object(
        { a: { $ref: '#/$defs/a' } },
        {
          $defs: {
            a: object({ b: { $ref: '#/$defs/b' } }, { required: ['b'] }),
            b: object({ a: { $ref: '#/$defs/a' } }, { required: ['a'] }),
          },
        },
      ),
      endless('#/$defs/a'),
    ],
  ])('%s', async (_name, parametersJsonSchema, message) => {
    expect(await refusalOf({ parametersJsonSchema })).toBe(message)
  })

  test('its faults in a response too', async () => {
    expect(await refusalOf({ responseJsonSchema: { $ref: '#/$defs/a' } })).toContain(
      'response_json_schema.$ref: cannot resolve the reference',
    )
  })
})

describe('a JSON Schema is accepted with', () => {
  test.each([
    ['an optional cycle', node(['label'], { $ref: '#/$defs/node' })],
    ['an optional cycle through a list', node(['label'], { type: 'array', items: { $ref: '#/$defs/node' } })],
    ['the root as reference', object({ a: { $ref: '#' } })],
    ['an anchor', object({ a: { $ref: '#b' } }, { $defs: { b: { $anchor: 'b', type: 'string' } } })],
    ['an escaped pointer', object({ a: { $ref: '#/$defs/b~1c%20d' } }, { $defs: { 'b/c d': { type: 'string' } } })],
    ['additionalProperties that are a boolean', object({}, { additionalProperties: false })],
    ['keywords Google does not know', object({ a: { type: 'string', not: true, if: false, pattern: '^a' } })],
  ])('%s', async (_name, parametersJsonSchema) => {
    expect(await refusalOf({ parametersJsonSchema })).toBe('accepted')
  })
})
