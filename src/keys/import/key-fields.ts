import type { KeyKind } from '../../storage/records.ts'

/** What a person may say of a key. What is not there was not said. */
export type KeyFields = {
  readonly kind?: KeyKind
  /** Null: each key counts for itself until Google tells its project. */
  readonly project?: string | null
  /** Lower goes first. */
  readonly priority?: number
  readonly tags?: readonly string[]
  readonly note?: string
  readonly enabled?: boolean
}

export type KeyFieldName = keyof KeyFields

export const keyFieldNames = ['kind', 'project', 'priority', 'tags', 'note', 'enabled'] as const

export type ReadFields =
  | { readonly kind: 'read'; readonly fields: KeyFields }
  /** `reason` is for people and holds nothing of the value. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Reads values that came from outside, as texts or as JSON. `undefined` is what was not said. */
export const readKeyFields = (given: Readonly<Partial<Record<KeyFieldName, unknown>>>): ReadFields => {
  const fields: Record<string, unknown> = {}
  for (const name of keyFieldNames) {
    if (given[name] === undefined) continue
    const { read, rule } = readers[name]
    const value = read(given[name])
    if (value === undefined) return { kind: 'refused', reason: `${name} must be ${rule}` }
    fields[name] = value
  }
  return { kind: 'read', fields: fields as KeyFields }
}

/** Reads the name of a kind of key, also as people write it; undefined when it is none. */
export const readKind = (value: unknown): KeyKind | undefined => {
  if (typeof value !== 'string') return undefined
  const word = value.trim().toLowerCase().replaceAll('_', '-')
  return word === 'gemini' || word === 'vertex-express' ? word : word === 'vertex' ? 'vertex-express' : undefined
}

const mostProject = 100
const mostNote = 500
const mostTags = 20
const mostTag = 50
const mostPriority = 1000

const readPriority = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\s*[+-]?\d{1,5}\s*$/.test(value) ? Number(value) : value
  return Number.isInteger(number) && Math.abs(number as number) <= mostPriority ? (number as number) + 0 : undefined
}

const readProject = (value: unknown): string | null | undefined => {
  if (value === null) return null
  const text = readText(value, mostProject)
  return text === '' ? null : text
}

const readTags = (value: unknown): readonly string[] | undefined => {
  const parts: unknown = value === null ? [] : typeof value === 'string' ? value.split(tagSeparators, 200) : value
  if (!Array.isArray(parts) || parts.length > 200) return undefined
  const tags = parts.map(part => readText(part, mostTag))
  if (tags.some(tag => tag === undefined || tagSeparators.test(tag))) return undefined
  const distinct = [...new Set(tags as string[])].filter(tag => tag !== '')
  return distinct.length <= mostTags ? distinct : undefined
}

const tagSeparators = /[,;|]/

/** On one line; a line break in a cell becomes a space. */
const readText = (value: unknown, most: number): string | undefined => {
  if (typeof value !== 'string' || value.length > 20 * most) return undefined
  const text = value.replace(/[\r\n\t]+/g, ' ').trim()
  // A lone surrogate is no text that a database takes.
  return text.length <= most && !/\p{Cc}|\p{Cs}/u.test(text) ? text : undefined
}

const switchWords: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map(word => [word, true] as const),
  ...['false', '0', 'no', 'off'].map(word => [word, false] as const),
])

const readers: Readonly<Record<KeyFieldName, { read: (value: unknown) => unknown; rule: string }>> = {
  kind: { read: readKind, rule: 'gemini or vertex-express' },
  project: { read: readProject, rule: `a text of at most ${mostProject} characters` },
  priority: { read: readPriority, rule: `a whole number from -${mostPriority} to ${mostPriority}` },
  tags: {
    read: readTags,
    rule: `a list of at most ${mostTags} texts of at most ${mostTag} characters, without commas or semicolons inside`,
  },
  note: {
    read: value => (value === null ? '' : readText(value, mostNote)),
    rule: `a text of at most ${mostNote} characters`,
  },
  enabled: {
    read: value => (typeof value === 'string' ? switchWords.get(value.trim().toLowerCase()) : isSwitch(value)),
    rule: 'true or false',
  },
}

const isSwitch = (value: unknown) => (typeof value === 'boolean' ? value : undefined)
