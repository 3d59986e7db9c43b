import type { RawSchema } from './raw-schema.ts'

/** What stands behind a keyword. */
export type KeywordKind =
  | 'text'
  | 'number'
  | 'flag'
  | 'data'
  | 'data-list'
  | 'names'
  | 'names-map'
  | 'schema'
  | 'schema-or-flag'
  | 'schema-list'
  | 'schema-map'
  | 'schema-or-names-map'

const byKind: Readonly<Record<KeywordKind, readonly string[]>> = {
  text: ['$comment', 'title', 'description', 'format', 'pattern', 'contentEncoding', 'contentMediaType'],
  number: [
    'multipleOf',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'minContains',
    'maxContains',
    'minProperties',
    'maxProperties',
  ],
  flag: ['uniqueItems', 'deprecated', 'readOnly', 'writeOnly'],
  data: ['const', 'default'],
  'data-list': ['enum', 'examples'],
  names: ['required', 'propertyOrdering'],
  'names-map': ['dependentRequired'],
  schema: ['items', 'contains', 'propertyNames', 'not', 'if', 'then', 'else', 'contentSchema'],
  'schema-or-flag': ['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems'],
  'schema-list': ['anyOf', 'oneOf', 'allOf', 'prefixItems'],
  'schema-map': ['properties', 'patternProperties', 'dependentSchemas'],
  'schema-or-names-map': ['dependencies'],
}

/**
 * The keywords that go up as they are: those of JSON Schema's drafts 4 to 2020-12 and Google's `propertyOrdering`.
 * Not among them, because the conversion treats them one by one: `type`, `$ref` and its kin, `$defs`, `definitions`,
 * `nullable`. A map, not an object: keywords come from outside, and `constructor` is none.
 */
export const keywordKinds: ReadonlyMap<string, KeywordKind> = new Map(
  Object.entries(byKind).flatMap(([kind, keywords]) =>
    keywords.map(keyword => [keyword, kind as KeywordKind] as const),
  ),
)

/** Keywords that describe a value and allow or forbid none. */
export const annotations: ReadonlySet<string> = new Set([
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
])

/** What a schema says about its values without allowing or forbidding any; undefined when nothing. */
export const notesOf = (raw: RawSchema): RawSchema | undefined => {
  const notes = Object.entries(raw).filter(([keyword]) => annotations.has(keyword))
  return notes.length === 0 ? undefined : Object.fromEntries(notes)
}
