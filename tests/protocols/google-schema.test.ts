import { describe, expect, test } from 'bun:test'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { SchemaBudget } from '#src/protocols/google-schema/schema-budget.ts'
import { toGoogleSchema } from '#src/protocols/google-schema.ts'
import type { JsonSchema } from './_tool-schemas.ts'

const text = { type: 'string' }
const a = { $ref: '#/$defs/a' }
const object = (properties: unknown, more = {}) => ({ type: 'object', properties, ...more })
/** A schema as it comes off the wire: with `__proto__` as a member like any other. */
const json = (schema: string) => JSON.parse(schema)

describe('nothing is sent for', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['an empty schema', {}],
    ['an object of any kind', { type: 'object' }],
    ['an object without properties', object({}, { additionalProperties: false, required: [], description: 'none' })],
    ['a reference that leads to itself', { $ref: '#' }],
    ['references in a circle', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }],
    ['definitions nobody uses', { $defs: { a: text } }],
  ])('%s', (_name, schema) => expect(toGoogleSchema(schema)).toBeUndefined())
})

test.each([['text'], [1], [[]]])('%j is no schema', schema => {
  expect(() => toGoogleSchema(schema)).toThrow(GatewayError)
})

describe('goes up as it is', () => {
  test.each<[string, JsonSchema]>([
    [
      'every keyword of objects',
      object(
        { a: text },
        {
          required: ['a'],
          additionalProperties: { type: 'integer' },
          patternProperties: { '^x-': text },
          propertyNames: { maxLength: 9 },
          minProperties: 1,
          maxProperties: 3,
          dependentRequired: { a: ['b'] },
          dependentSchemas: { a: { required: ['c'] } },
          unevaluatedProperties: false,
          propertyOrdering: ['a'],
        },
      ),
    ],
    [
      'every keyword of lists, numbers and texts',
      object({
        list: { type: 'array', items: text, prefixItems: [text], minItems: 1, maxItems: 4, uniqueItems: true },
        found: { contains: text, minContains: 1, maxContains: 2, unevaluatedItems: false },
        number: { type: ['number', 'null'], multipleOf: 2, minimum: 0, maximum: 9, exclusiveMinimum: -1 },
        text: { ...text, minLength: 1, maxLength: 2, pattern: '^a', format: 'uuid', contentMediaType: 'text/html' },
        notes: { title: 't', description: 'd', deprecated: true, readOnly: true, writeOnly: false, $comment: 'c' },
      }),
    ],
    ['choices and conditions', object({ a: { anyOf: [text, { type: 'null' }], not: text, if: {}, else: text } })],
    ['alternatives that exclude each other', { oneOf: [object({ a: text }), object({ b: text })] }],
    [
      'properties with names of keywords',
      json(`{"type":"object","properties":{"not":{"type":"string"},
      "const":{"type":"string"},"examples":{"type":"string"},"$ref":{"type":"string"},"type":{"type":"string"},
      "properties":{"type":"string"},"__proto__":{"type":"string"},"constructor":{"type":"string"},
      "nullable":{"type":"string"},"x-a":{"type":"string"},"$defs":{"type":"string"}},"required":["__proto__","not"]}`),
    ],
    ['data that looks like schemas', object({ a: { enum: [{ $ref: 'x' }], default: { 'x-a': 1, nullable: true } } })],
    ['what is no object', { type: 'array', items: text }],
  ])('%s', (_name, schema) => {
    expect(JSON.stringify(sorted(toGoogleSchema(schema)))).toBe(JSON.stringify(sorted(schema)))
  })
})

const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Array.isArray(value)
      ? value.map(sorted)
      : Object.entries(value)
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([name, member]) => [name, sorted(member)])

describe('inside a property', () => {
  test.each<[string, unknown, unknown]>([
    ['unknown keywords go', { ...text, 'x-a': 1, strict: true, markdownDescription: '', constructor: 1 }, text],
    [
      'values that do not suit their keyword go',
      { ...text, description: 7, required: true, enum: [], anyOf: {} },
      text,
    ],
    ['unknown types go', { type: 'any', title: 'a' }, { title: 'a' }],
    ['types in capitals are understood', { type: 'STRING' }, text],
    ['names of the schema itself go', { $schema: 'x', $id: 'y', id: 'y', $anchor: 'z', ...text }, text],
    ['true allows anything', true, {}],
    ['false allows nothing', false, { not: {} }],
    ['what is no schema allows anything', 'text', {}],
    ['nullable becomes a type', { ...text, nullable: true }, { type: ['string', 'null'] }],
    ['nullable: false goes', { ...text, nullable: false }, text],
    ['nullable without a type says nothing', { nullable: true, title: 'a' }, { title: 'a' }],
    [
      'nullable beside a choice',
      { ...text, enum: ['a'], nullable: true, description: 'd' },
      { description: 'd', anyOf: [{ ...text, enum: ['a'] }, { type: 'null' }] },
    ],
    ['const is an enum of one', { const: 'a' }, { const: 'a', enum: ['a'] }],
    ['const 0 as well', { const: 0 }, { const: 0, enum: [0] }],
    ['const of another kind stays alone', { const: true }, { const: true }],
    ['a tuple of draft 4', { items: [text], additionalItems: true }, { prefixItems: [text], items: {} }],
    ['a closed tuple of draft 4', { items: [text], additionalItems: false }, { prefixItems: [text], maxItems: 1 }],
    ['a closed tuple', { prefixItems: [text], items: false }, { prefixItems: [text], maxItems: 1 }],
    [
      'limits of draft 4',
      { minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false },
      { minimum: 1, exclusiveMinimum: 1, maximum: 3 },
    ],
    ['an allOf of one', { allOf: [text], title: 't' }, { ...text, title: 't' }],
    ['an allOf that says nothing', { allOf: [{}, true], ...text }, text],
    [
      'objects in allOf become one',
      {
        allOf: [object({ a: text }, { required: ['a'] }), { properties: { b: text }, required: ['b'] }],
        minProperties: 2,
      },
      object({ a: text, b: text }, { required: ['a', 'b'], minProperties: 2 }),
    ],
    [
      'a property of two members must suit both',
      { allOf: [object({ a: { type: 'number', minimum: 1 } }), object({ a: { type: 'integer', minimum: 0 } })] },
      object({ a: { type: 'integer', minimum: 1 } }),
    ],
    [
      'an allOf that cannot be joined stays',
      { allOf: [{ pattern: 'a' }, { pattern: 'b' }] },
      { allOf: [{ pattern: 'a' }, { pattern: 'b' }] },
    ],
    ['impossible types stay', { allOf: [text, { type: 'null' }] }, { allOf: [text, { type: 'null' }] }],
    [
      'conditions are not mixed',
      {
        allOf: [
          { if: text, else: {} },
          { if: {}, else: text },
        ],
      },
      {
        allOf: [
          { if: text, else: {} },
          { if: {}, else: text },
        ],
      },
    ],
  ])('%s', (_name, schema, expected) => {
    expect(toGoogleSchema(object({ b: schema }))).toEqual(object({ b: expected }))
  })
})

describe('references', () => {
  test.each<[string, JsonSchema, JsonSchema]>([
    [
      'definitions become $defs',
      object({ b: { $ref: '#/definitions/a' } }, { definitions: { a: text } }),
      object({ b: a }, { $defs: { a: text } }),
    ],
    ['unused definitions go', object({ b: text }, { $defs: { a: text } }), object({ b: text })],
    [
      'what stands beside a reference goes',
      object({ b: { ...a, minLength: 1 } }, { $defs: { a: text } }),
      object({ b: a }, { $defs: { a: text } }),
    ],
    [
      'what is said beside a reference stands around it',
      object({ b: { ...a, title: 't', description: 'd', default: 'x', 'x-a': 1 } }, { $defs: { a: text } }),
      object({ b: { title: 't', description: 'd', default: 'x', anyOf: [a] } }, { $defs: { a: text } }),
    ],
    [
      'a description that is no text goes',
      object({ b: { ...a, description: 5 } }, { $defs: { a: text } }),
      object({ b: a }, { $defs: { a: text } }),
    ],
    [
      'an allOf around a reference goes, and what is said stays',
      object({ b: { allOf: [{ ...a, title: 'inner', description: 'e' }], title: 't' } }, { $defs: { a: text } }),
      object({ b: { title: 't', description: 'e', anyOf: [a] } }, { $defs: { a: text } }),
    ],
    [
      'what is said about a reference holds for what is built on it',
      object(
        { b: { allOf: [{ ...a, description: 'd' }, { required: ['c'] }] } },
        { $defs: { a: object({ c: text }, { description: 'a' }) } },
      ),
      object({ b: object({ c: text }, { required: ['c'], description: 'd' }) }),
    ],
    [
      'a nullable reference with a description',
      object({ b: { ...a, description: 'd', nullable: true } }, { $defs: { a: text } }),
      object({ b: { description: 'd', anyOf: [a, { type: 'null' }] } }, { $defs: { a: text } }),
    ],
    [
      'a description of what is nowhere',
      object({ b: { ...a, description: 'd' } }),
      object({ b: { description: 'd' } }),
    ],
    [
      'a description of a reference at the root',
      { ...a, description: 'd', $defs: { a: object({ b: text }, { description: 'a', title: 't' }) } },
      object({ b: text }, { description: 'd', title: 't' }),
    ],
    [
      'a nullable reference',
      object({ b: { allOf: [a], nullable: true } }, { $defs: { a: text } }),
      object({ b: { anyOf: [a, { type: 'null' }] } }, { $defs: { a: text } }),
    ],
    [
      'other pointers get a definition',
      object({ b: object({ c: text }), d: { $ref: '#/properties/b/properties/c' } }),
      object({ b: object({ c: text }), d: { $ref: '#/$defs/c' } }, { $defs: { c: text } }),
    ],
    [
      'escapes in pointers',
      object({ b: { $ref: '#/$defs/Page%3Ca~1b~0%3E' } }, { $defs: { 'Page<a/b~>': text } }),
      object({ b: { $ref: '#/$defs/Page_a_b__' } }, { $defs: { Page_a_b__: text } }),
    ],
    [
      'two definitions of one name',
      object({ b: a, c: { $ref: '#/definitions/a' } }, { $defs: { a: text }, definitions: { a: { type: 'null' } } }),
      object({ b: a, c: { $ref: '#/$defs/a_2' } }, { $defs: { a: text, a_2: { type: 'null' } } }),
    ],
    [
      'anchors and names',
      object(
        { b: { $ref: '#n' }, c: { $ref: 'https://x.y/n' } },
        { $defs: { n: { $anchor: 'n', $id: 'https://x.y/n', ...text } } },
      ),
      object({ b: { $ref: '#/$defs/n' }, c: { $ref: '#/$defs/n' } }, { $defs: { n: text } }),
    ],
    [
      'references that lead nowhere',
      object({ b: a, c: { $ref: 'https://x.y/z' }, d: { $ref: '#/type' } }),
      object({ b: {}, c: {}, d: {} }),
    ],
    ['a reference to a boolean', object({ b: a }, { $defs: { a: false } }), object({ b: { not: {} } })],
    ['a reference at the root', { ...a, $defs: { a: object({ b: text }) } }, object({ b: text })],
    [
      'the root as its own property',
      object({ next: { $ref: '#' } }),
      object({ next: { $ref: '#/$defs/root' } }, { $defs: { root: object({ next: { $ref: '#/$defs/root' } }) } }),
    ],
    [
      'what a schema builds on is written out',
      object({ b: { allOf: [a, { required: ['c'] }] } }, { $defs: { a: object({ c: text }) } }),
      object({ b: object({ c: text }, { required: ['c'] }) }),
    ],
    ['a root that is an object without saying so', { properties: { b: text } }, object({ b: text })],
    [
      'a root that is a choice',
      { anyOf: [object({ b: text }), a], $defs: { a: object({}) } },
      { anyOf: [object({ b: text }), a], $defs: { a: object({}) } },
    ],
  ])('%s', (_name, schema, expected) => expect(toGoogleSchema(schema)).toEqual(expected))
})

describe('a circle of references is opened where', () => {
  const b = { $ref: '#/$defs/b' }
  const both = { required: ['next'] }
  const circle = (schema: unknown, more = {}) => object({ a }, { $defs: { a: schema, ...more } })
  test.each<[string, JsonSchema, JsonSchema]>([
    [
      'it is closed',
      circle(object({ next: a, c: text }, { required: ['next', 'c'] })),
      circle(object({ next: a, c: text }, { required: ['c'] })),
    ],
    [
      'it is closed by a list',
      circle(object({ next: { type: 'array', items: a } }, both)),
      circle(object({ next: { type: 'array', items: a } })),
    ],
    [
      'it comes back, not where it begins',
      circle(object({ next: b }, both), { b: object({ next: a }, both) }),
      circle(object({ next: b }, both), { b: object({ next: a }) }),
    ],
    [
      'a property can be spared, behind a reference that cannot',
      circle({ anyOf: [text, b] }, { b: object({ next: a }, both) }),
      circle({ anyOf: [text, b] }, { b: object({ next: a }) }),
    ],
    [
      'no property can be spared',
      circle({ anyOf: [text, { type: 'array', items: a }] }),
      circle({ anyOf: [text, { type: 'array', items: {} }] }),
    ],
    [
      'a reference has a description',
      circle(object({ next: { ...a, description: 'd' } }, both)),
      circle(object({ next: { description: 'd', anyOf: [a] } })),
    ],
    ['a property may be left out: nowhere', circle(object({ next: a })), circle(object({ next: a }))],
  ])('%s', (_name, schema, expected) => expect(toGoogleSchema(schema)).toEqual(expected))

  test('and nothing else becomes free', () => {
    const shared = object(
      { a, b: { $ref: '#/$defs/b' } },
      { required: ['a', 'b'], $defs: { a: object({ b }, { required: ['b'] }), b: object({ c: text }) } },
    )
    expect(toGoogleSchema(shared)).toEqual(shared)
  })
})

describe('a hostile schema', () => {
  const nest = (depth: number, wrap: (inner: unknown) => unknown) => {
    let schema: unknown = text
    for (let level = 0; level < depth; level++) schema = wrap(schema)
    return schema
  }
  const many = (count: number, make: (index: number) => unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, make(index)]))
  const next = (index: number) => ({ $ref: `#/$defs/p${index + 1}` })
  const start = { $ref: '#/$defs/p0' }

  test.each<[string, unknown]>([
    ['properties', nest(4_000, inner => object({ a: inner }))],
    ['lists', nest(4_000, items => ({ type: 'array', items }))],
    ['choices', nest(4_000, inner => ({ anyOf: [inner] }))],
    ['allOf', nest(4_000, inner => ({ allOf: [inner, { minLength: 1 }] }))],
    ['data', object({ a: { default: nest(4_000, inner => [inner]) } })],
    ['definitions', object({ a }, { $defs: { a: nest(4_000, inner => object({ a: inner })) } })],
    ['data in definitions', object({ a }, { $defs: { a: { enum: [nest(4_000, inner => [inner])] } } })],
  ])('of 4,000 levels of %s is refused', (_name, schema) => {
    expect(() => toGoogleSchema(schema)).toThrow('nested more than 90 levels')
  })

  test.each<[string, JsonSchema, number]>([
    ['10,000 properties', object(many(10_000, () => text)), 1.1],
    ['10,000 choices', { anyOf: Array.from({ length: 10_000 }, () => text) }, 1.1],
    ['5,000 members of allOf', { allOf: Array.from({ length: 5_000 }, () => object({ a: text })) }, 1.1],
    [
      'a chain of 4,000 references',
      object({ a: start }, { $defs: many(4_000, index => object({ a: next(index) }, { required: ['a'] })) }),
      1.1,
    ],
    [
      'a chain of 4,000 schemas built on each other',
      object({ a: start }, { $defs: many(4_000, index => ({ allOf: [next(index), { minLength: index }] })) }),
      1.5,
    ],
    [
      '2,000 schemas built on a large one',
      object(
        many(2_000, () => ({ allOf: [{ $ref: '#/$defs/a' }, { minLength: 1 }] })),
        { $defs: { a: { required: Array.from({ length: 5_000 }, (_, index) => `r${index}`) } } },
      ),
      2,
    ],
    [
      'definitions that double forty times',
      object({ a: start }, { $defs: many(40, index => object({ a: next(index), b: next(index) })) }),
      1.1,
    ],
    [
      'definitions that double forty times, each built on the next',
      object(
        { a: start },
        {
          $defs: many(40, index =>
            object({
              a: { allOf: [next(index), { minProperties: 1 }] },
              b: { allOf: [next(index), { minProperties: 1 }] },
            }),
          ),
        },
      ),
      150,
    ],
  ])('of %s stays about as big', (_name, schema, factor) => {
    const converted = JSON.stringify(toGoogleSchema(schema))
    expect(converted.length).toBeLessThan(JSON.stringify(schema).length * factor)
  })

  test.each<[string, unknown]>([
    ['100,000 properties', object(many(100_000, () => text))],
    ['a million values', object({ a: { enum: Array.from({ length: 1_000_000 }, (_, index) => index) } })],
    ['a chain of 100,000 references', object({ a: start }, { $defs: many(100_000, next) })],
  ])('of %s is refused', (_name, schema) => {
    expect(() => toGoogleSchema(schema)).toThrow('hold more than 30000 values together')
  })

  test('is refused together with others of the same request', () => {
    const budget = new SchemaBudget()
    const third = object(many(5_000, () => text))
    expect(toGoogleSchema(third, budget)).toEqual(third)
    expect(toGoogleSchema(third, budget)).toEqual(third)
    expect(() => toGoogleSchema(third, budget)).toThrow('The JSON Schemas of one request hold more than 30000 values')
  })
})
