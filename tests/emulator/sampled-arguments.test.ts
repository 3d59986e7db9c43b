import { describe, expect, test } from 'bun:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { call, emulatorForTests, generatePath, says } from './support.ts'

const emulator = emulatorForTests()

/** What the model calls `f` with when it must and nothing says how. */
const argumentsFor = async (parametersJsonSchema: object) => {
  const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), {
    ...says('hello'),
    tools: [{ functionDeclarations: [{ name: 'other' }, { name: 'f', parametersJsonSchema }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
  })
  expect({ status, message: json.error?.message }).toEqual({ status: 200, message: undefined })
  return json.candidates[0].content.parts[0].functionCall.args
}

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const text = { type: 'string' }

describe('sampled arguments satisfy', () => {
  test.each<[string, object]>([
    ['scalars', object({ a: text, b: { type: 'integer' }, c: { type: 'number' }, d: { type: 'boolean' } })],
    ['enums of any kind', object({ a: { enum: [7, 'x'] }, b: { const: null }, c: { type: 'string', enum: ['y'] } })],
    ['references', object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: object({ b: text }, { required: ['b'] }) } })],
    ['a reference in the place of all', { $defs: { a: object({ b: text }) }, $ref: '#/$defs/a' }],
    [
      'references below references',
      object(
        { a: { $ref: '#/$defs/l1' } },
        {
          required: ['a'],
          $defs: Object.fromEntries(
            Array.from({ length: 12 }, (_, level) => [
              `l${level + 1}`,
              level === 11 ? text : object({ next: { $ref: `#/$defs/l${level + 2}` } }, { required: ['next'] }),
            ]),
          ),
        },
      ),
    ],
    [
      'a tree',
      {
        $defs: {
          node: object(
            { name: text, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
            { required: ['name'] },
          ),
        },
        $ref: '#/$defs/node',
      },
    ],
    [
      'alternatives beside properties',
      object({ a: text }, { required: ['a'], anyOf: [{ required: ['b'] }, { required: ['c'] }] }),
    ],
    [
      'alternatives of one property',
      object({ a: { description: 'x', oneOf: [{ type: 'integer', minimum: 4 }, text] } }),
    ],
    ['all of several', object({ a: { allOf: [object({ b: text }), object({ c: text }, { required: ['c'] })] } })],
    [
      'required names without properties',
      { type: 'object', required: ['a'], additionalProperties: { type: 'integer' } },
    ],
    [
      'bounds',
      object({
        a: { type: 'integer', exclusiveMinimum: 5 },
        b: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
        c: { type: 'number', maximum: -2 },
      }),
    ],
    [
      'multiples',
      object({ a: { type: 'integer', multipleOf: 5 }, b: { type: 'integer', multipleOf: 4, minimum: 9, maximum: 13 } }),
    ],
    [
      'lengths',
      object({
        a: { type: 'string', minLength: 20 },
        b: { type: 'string', maxLength: 2 },
        c: { type: 'array', items: text, minItems: 3, uniqueItems: true },
        d: { type: 'array', items: text, maxItems: 0 },
      }),
    ],
    [
      'tuples',
      object({
        a: { type: 'array', prefixItems: [text, { type: 'integer' }], items: { type: 'boolean' }, minItems: 3 },
      }),
    ],
    [
      'types that may be null',
      object({ a: { type: ['null', 'integer'] }, b: { type: ['null'] }, c: { type: 'null' } }),
    ],
    ['nothing at all', {}],
  ])('%s', async (_name, schema) => {
    const validate = new Ajv2020({ strict: false }).compile(schema)
    const sampled = await argumentsFor(schema)
    validate(sampled)
    expect({ sampled, errors: validate.errors }).toEqual({ sampled, errors: null })
  })
})
