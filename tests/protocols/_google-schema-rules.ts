type Schema = Readonly<Record<string, unknown>>

/**
 * What Google would refuse of a JSON Schema, as far as is known, by a plain reading of its rules: a `$ref` stands alone
 * and leads into `$defs`, circles of references pass a property that is not required, and only known keywords stand
 * where keywords stand.
 */
export const breachesOf = (root: Schema): readonly string[] => {
  const definitions = (root.$defs ?? {}) as Readonly<Record<string, Schema>>
  const breaches: string[] = []
  eachSchema(root, '', (schema, path) => {
    for (const word of Object.keys(schema)) if (!words.has(word)) breaches.push(`${path}: ${word}`)
    if ('$defs' in schema && path !== '') breaches.push(`${path}: nested $defs`)
    if (typeof schema.$ref !== 'string') return
    const name = schema.$ref.replace('#/$defs/', '')
    if (!Object.hasOwn(definitions, name)) breaches.push(`${path}: ${schema.$ref} leads nowhere`)
    if (Object.keys(schema).length > 1 && path !== '') breaches.push(`${path}: beside $ref`)
  })
  for (const name of Object.keys(definitions))
    if (leadsTo(name, definitions[name], definitions, new Set())) breaches.push(`${name}: a circle without an end`)
  return breaches
}

const words = new Set(
  (
    '$ref $defs $comment type title description default examples deprecated readOnly writeOnly format pattern ' +
    'contentEncoding contentMediaType contentSchema multipleOf minimum maximum exclusiveMinimum exclusiveMaximum ' +
    'minLength maxLength minItems maxItems uniqueItems contains minContains maxContains minProperties maxProperties ' +
    'enum const required propertyOrdering properties patternProperties additionalProperties propertyNames ' +
    'unevaluatedProperties unevaluatedItems dependentRequired dependentSchemas dependencies items prefixItems ' +
    'anyOf oneOf allOf not if then else'
  ).split(' '),
)

const single = [
  'items',
  'additionalProperties',
  'contains',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
]
const carried = ['not', 'if', 'then', 'else', 'contentSchema']
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const maps = ['properties', 'patternProperties', '$defs', 'dependentSchemas', 'dependencies']

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const eachSchema = (schema: unknown, path: string, visit: (schema: Schema, path: string) => void): void => {
  if (!isSchema(schema)) return
  visit(schema, path)
  for (const word of [...single, ...carried]) eachSchema(schema[word], `${path}/${word}`, visit)
  for (const word of lists)
    for (const [index, member] of Object.entries(schema[word] ?? []))
      eachSchema(member, `${path}/${word}/${index}`, visit)
  for (const word of maps)
    for (const [name, member] of Object.entries(schema[word] ?? {}))
      eachSchema(member, `${path}/${word}/${name}`, visit)
}

/** Whether every value of the schema has a value of the named definition in it, and so on without end. */
const leadsTo = (
  name: string,
  schema: unknown,
  definitions: Readonly<Record<string, Schema>>,
  seen: Set<string>,
): boolean => {
  if (!isSchema(schema)) return false
  const further = (member: unknown) => leadsTo(name, member, definitions, seen)
  if (typeof schema.$ref === 'string') {
    const to = schema.$ref.replace('#/$defs/', '')
    if (to === name) return true
    if (seen.has(to)) return false
    seen.add(to)
    return further(definitions[to])
  }
  const required = (schema.required ?? []) as readonly string[]
  const properties = (schema.properties ?? {}) as Schema
  return (
    single.some(word => further(schema[word])) ||
    lists.some(word => ((schema[word] ?? []) as readonly unknown[]).some(further)) ||
    ['patternProperties', 'dependentSchemas', 'dependencies'].some(word =>
      Object.values(schema[word] ?? {}).some(further),
    ) ||
    required.some(member => Object.hasOwn(properties, member) && further(properties[member]))
  )
}
