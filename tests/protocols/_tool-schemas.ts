import fc from 'fast-check'

export type JsonSchema = Readonly<Record<string, unknown>>

/** A schema, and a value that it allows. */
export type Sampled = { readonly schema: JsonSchema; readonly sample: unknown }

/** Names that look like something else. */
const oddNames = [
  'not',
  'const',
  'examples',
  'enum',
  'default',
  '$ref',
  '$defs',
  '__proto__',
  'constructor',
  'toString',
  'type',
  'properties',
  'required',
  'items',
  'allOf',
  'nullable',
  'x-internal',
  '',
  'a b',
  'a/b~c',
  'größe',
  '1',
]

export const propertyName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('city', 'unit', 'days', 'query') },
  { weight: 3, arbitrary: fc.constantFrom(...oddNames) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
)

/** Any name a client may give a function, good ones first. */
export const functionName = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/),
  fc.constantFrom(
    ...oddNames,
    'mcp/server.tool',
    '9lives',
    '天気',
    '🌦️',
    '\ud800',
    'a'.repeat(65),
    `${'b'.repeat(10_000)}`,
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
)

const annotated = (schemas: fc.Arbitrary<Sampled>): fc.Arbitrary<Sampled> =>
  fc
    .tuple(
      schemas,
      fc.record({ title: fc.string(), description: fc.string(), 'x-note': fc.jsonValue() }, { requiredKeys: [] }),
    )
    .map(([{ schema, sample }, notes]) => ({ schema: { ...notes, ...schema }, sample }))

const scalar: fc.Arbitrary<Sampled> = fc.oneof(
  fc.string().map(sample => ({ schema: { type: 'string' }, sample })),
  fc.string().map(sample => ({ schema: { type: 'string', minLength: [...sample].length, maxLength: 40 }, sample })),
  fc.integer().map(sample => ({ schema: { type: 'integer', minimum: sample - 3, maximum: sample + 3 }, sample })),
  fc.integer().map(sample => ({ schema: { type: ['number', 'null'], exclusiveMinimum: sample - 1 }, sample })),
  fc.boolean().map(sample => ({ schema: { type: 'boolean' }, sample })),
  fc.constant({ schema: { type: 'null' }, sample: null }),
  fc.jsonValue().map(sample => ({ schema: { const: sample }, sample })),
  fc.jsonValue().map(sample => ({ schema: { default: { $ref: 'data' }, examples: [{ nullable: true }] }, sample })),
  fc
    .uniqueArray(fc.string(), { minLength: 1, maxLength: 4 })
    .map(values => ({ schema: { type: 'string', enum: values }, sample: values[0] })),
)

type Member = {
  readonly name: string
  readonly value: Sampled
  readonly isRequired: boolean
  readonly isGiven: boolean
}

const objectOf = (members: readonly Member[], additionalProperties: unknown): Sampled => ({
  schema: {
    type: 'object',
    properties: Object.fromEntries(members.map(({ name, value }) => [name, value.schema])),
    required: members.filter(member => member.isRequired).map(member => member.name),
    ...(additionalProperties !== undefined && { additionalProperties }),
  },
  sample: Object.fromEntries(
    members.filter(member => member.isRequired || member.isGiven).map(({ name, value }) => [name, value.sample]),
  ),
})

const membersOf = (value: fc.Arbitrary<Sampled>, names = propertyName): fc.Arbitrary<readonly Member[]> =>
  fc.uniqueArray(fc.record({ name: names, value, isRequired: fc.boolean(), isGiven: fc.boolean() }), {
    maxLength: 4,
    selector: member => member.name,
  })

const nested = (leaf: fc.Arbitrary<Sampled>, depth: number): fc.Arbitrary<Sampled> => {
  if (depth === 0) return leaf
  const inner = annotated(nested(leaf, depth - 1))
  return fc.oneof(
    leaf,
    fc.tuple(membersOf(inner), fc.constantFrom(undefined, true, false)).map(args => objectOf(...args)),
    inner.map(({ schema, sample }) => ({ schema: { type: 'array', items: schema, maxItems: 5 }, sample: [sample] })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map(members => ({
      schema: { type: 'array', prefixItems: members.map(member => member.schema) },
      sample: members.map(member => member.sample),
    })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map(members => ({
      schema: { anyOf: members.map(member => member.schema) },
      sample: members[0]?.sample,
    })),
    inner.map(({ schema, sample }) => ({ schema: { allOf: [schema], description: 'wrapped' }, sample })),
    fc.tuple(membersOf(inner), membersOf(inner)).map(([first, second]) => {
      const names = new Set(first.map(member => member.name))
      const left = objectOf(first, undefined)
      const right = objectOf(
        second.filter(member => !names.has(member.name)),
        undefined,
      )
      return {
        schema: { allOf: [left.schema, right.schema] },
        sample: { ...(left.sample as object), ...(right.sample as object) },
      }
    }),
  )
}

const definitionName = fc.constantFrom('Node', 'Foo<Bar>', 'a/b', 'Ünit', 'toString', 'x y')

const pointerTo = (section: string, name: string) =>
  `#/${section}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`

/** The parameters of a function: any mixture of objects, lists, choices and references, some of which lead in circles. */
export const toolSchema: fc.Arbitrary<Sampled> = fc
  .record({
    section: fc.constantFrom('$defs', 'definitions'),
    plain: fc.tuple(definitionName, nested(scalar, 2)),
    members: fc.uniqueArray(
      fc.record({ name: propertyName, value: nested(scalar, 1), isRequired: fc.boolean(), isGiven: fc.boolean() }),
      { maxLength: 2, selector: member => member.name },
    ),
  })
  .chain(({ section, plain: [name, plain], members }) => {
    const tree = `${name} tree`
    const reference = { $ref: pointerTo(section, tree) }
    const branch = objectOf(
      members.filter(member => !['next', 'children'].includes(member.name)),
      undefined,
    )
    const definitions = {
      [name]: plain.schema,
      [tree]: {
        ...branch.schema,
        properties: {
          ...(branch.schema.properties as object),
          next: reference,
          children: { type: 'array', items: reference },
        },
      },
    }
    const leaf = fc.oneof(
      { weight: 4, arbitrary: scalar },
      { weight: 1, arbitrary: fc.constant({ schema: { $ref: pointerTo(section, name) }, sample: plain.sample }) },
      { weight: 1, arbitrary: fc.constant({ schema: reference, sample: branch.sample }) },
    )
    return fc
      .tuple(membersOf(annotated(nested(leaf, 3))), fc.constantFrom(undefined, false))
      .map(args => objectOf(...args))
      .map(({ schema, sample }) => ({ schema: { ...schema, [section]: definitions }, sample }))
  })

/** Schemas as OpenAI's strict mode wants them: every property is required, so that no value ends the circles. */
export const strictToolSchema: fc.Arbitrary<JsonSchema> = toolSchema.map(({ schema }) => requireAll(schema))

const requireAll = (schema: JsonSchema): JsonSchema => {
  const changed = Object.entries(schema).map(([keyword, value]): readonly [string, unknown] => {
    if (keyword === '$defs' || keyword === 'definitions' || keyword === 'properties')
      return [
        keyword,
        Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, requireAll(member)])),
      ]
    if (keyword === 'items') return [keyword, requireAll(value as JsonSchema)]
    return [keyword, value]
  })
  const names = Object.keys(schema.properties ?? {})
  return { ...Object.fromEntries(changed), ...(names.length > 0 && { required: names, additionalProperties: false }) }
}
