import { expect, test } from 'bun:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { FunctionNames } from '#src/protocols/function-names.ts'
import { toGoogleSchema } from '#src/protocols/google-schema.ts'
import { call, emulatorForTests, generatePath, says } from '../emulator/support.ts'
import { breachesOf } from './_google-schema-rules.ts'
import { functionName, type JsonSchema, type Sampled, strictToolSchema, toolSchema } from './_tool-schemas.ts'

const emulator = emulatorForTests()

const allows = (schema: JsonSchema) =>
  new Ajv2020({ strict: false, meta: false, validateSchema: false, validateFormats: false, logger: false }).compile(
    structuredClone(schema),
  )

/** Each schema costs a compilation or a request, on machines that have other work as well. */
const runs = { numRuns: Number(process.env.SCHEMAS ?? 60) }
const patience = 60_000

const anyToolSchema = fc.oneof(
  toolSchema.map(({ schema }) => schema),
  strictToolSchema,
)

test(
  'any tool schema goes up without a refusal, under a name that leads back',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyToolSchema, functionName, async (schema, name) => {
        const names = new FunctionNames([name])
        const parametersJsonSchema = toGoogleSchema(schema)
        const declaration = { name: names.toGoogle(name), ...(parametersJsonSchema && { parametersJsonSchema }) }
        const answer = await call(emulator, generatePath('gemini-3.8-flash'), {
          ...says('hello'),
          tools: [{ functionDeclarations: [declaration] }],
        })
        expect(answer.json).not.toHaveProperty('error')
        expect(answer.status).toBe(200)
        expect(names.toClient(declaration.name)).toBe(name)
        expect(breachesOf(parametersJsonSchema ?? {})).toEqual([])
      }),
      runs,
    )
  },
  patience,
)

const isAmong = (values: readonly unknown[], schema: JsonSchema) => {
  const allowed = allows(schema)
  return values.map(value => allowed(value))
}

test(
  'a tool schema allows the same values before and after',
  () => {
    const tellsApart = { yes: 0, no: 0 }
    fc.assert(
      fc.property(
        toolSchema,
        fc.array(toolSchema, { maxLength: 2 }),
        fc.jsonValue(),
        ({ schema, sample }, others, any) => {
          const converted = toGoogleSchema(schema)
          fc.pre(converted !== undefined)
          const values = [sample, any, ...others.map(other => other.sample), ...nearMisses(sample)]
          const before = isAmong(values, schema)
          for (const isAllowed of before) tellsApart[isAllowed ? 'yes' : 'no']++
          expect(isAmong(values, converted)).toEqual(before)
        },
      ),
      runs,
    )
    expect(tellsApart.yes).toBeGreaterThan(50)
    expect(tellsApart.no).toBeGreaterThan(50)
  },
  patience,
)

/** The sample with one member less, and with one member changed. */
const nearMisses = (sample: Sampled['sample']): readonly unknown[] => {
  const members = Object.entries(sample as object)
  return members.flatMap(([name], index) => [
    Object.fromEntries(members.filter((_, position) => position !== index)),
    Object.fromEntries(members.map(([other, value]) => [other, other === name ? [[value]] : value])),
  ])
}

const keyword = fc.constantFrom(
  ...['type', 'properties', 'items', 'required', 'anyOf', 'oneOf', 'allOf', 'not', '$ref', '$defs', 'definitions'],
  ...['enum', 'const', 'default', 'nullable', 'additionalProperties', 'prefixItems', 'minimum', 'exclusiveMinimum'],
  ...['dependencies', '$id', '$anchor', 'if', 'a', 'b', '__proto__', 'strict', 'description'],
)
const anything = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom<unknown>(...[true, false, null, 1, 'object', 'string', 'a', 'b', ['a'], ['a', 'b']]),
    fc.constantFrom('#', '#/$defs/a', '#/definitions/b', '#/properties/a', '#/$defs/b/items', '#b', 'a', '#/allOf/0'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keyword, tie('value'), { maxKeys: 5 }),
  ),
})).value

test(
  'anything at all becomes a schema that Google takes, or a clear refusal, and stays as it is',
  () => {
    fc.assert(
      fc.property(fc.dictionary(keyword, anything, { maxKeys: 8 }), schema => {
        const before = JSON.stringify(schema)
        try {
          expect(breachesOf(toGoogleSchema(schema) ?? {})).toEqual([])
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error
        }
        expect(JSON.stringify(schema)).toBe(before)
      }),
      { numRuns: 40 * runs.numRuns },
    )
  },
  patience,
)
