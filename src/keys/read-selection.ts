import { readKind } from './import/key-fields.ts'
import type { KeySelection } from './select-keys.ts'

export type ReadSelection =
  | { readonly kind: 'read'; readonly selection: KeySelection }
  /** `reason` is a sentence for people. */
  | { readonly kind: 'refused'; readonly reason: string }

const mostValues = 100_000

/**
 * Reads a selection that came from outside: an object of the parts of `KeySelection`, each a value or a list of values.
 * One that names nothing is refused unless it says `"all": true`: a part that was forgotten, or misspelt, must not mean
 * every key.
 */
export const readSelection = (given: unknown): ReadSelection => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return refused('select must be an object, for example {"condition":"dead"} or {"all":true}.')
  }
  const selection: Record<string, unknown> = {}
  let isAll = false
  for (const [name, value] of Object.entries(given)) {
    if (name === 'all' && value === true) isAll = true
    else if (name === 'note' && typeof value === 'string' && value !== '' && value.length <= 500) selection.note = value
    else {
      const part = name === 'keyIds' ? 'keys' : name
      const read = readers.get(part)
      if (read === undefined) return refused(`select knows only ${[...readers.keys(), 'note', 'all'].join(', ')}.`)
      const values = Array.isArray(value) ? value : [value]
      const found = values.length <= mostValues ? values.map(read) : []
      if (found.length === 0 || found.includes(undefined)) return refused(rules[part] ?? `select.${name} is not right.`)
      selection[part] = found
    }
  }
  if (!isAll && Object.keys(selection).length === 0) {
    return refused('select names no key. Say which ones, or {"all":true} for every key.')
  }
  return { kind: 'read', selection }
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const

const oneOf =
  (...words: readonly string[]) =>
  (value: unknown) =>
    words.find(word => word === value)

const someText = (value: unknown) =>
  typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined

const conditions = ['ready', 'cooling', 'dead', 'disabled']
const sources = ['environment', 'database']

const readers: ReadonlyMap<string, (value: unknown) => unknown> = new Map<string, (value: unknown) => unknown>([
  ['keys', someText],
  ['condition', oneOf(...conditions)],
  ['reason', someText],
  ['tag', someText],
  ['project', value => (value === null || value === '' ? null : someText(value))],
  ['kind', readKind],
  ['source', oneOf(...sources)],
])

const rules: Readonly<Record<string, string>> = {
  keys: 'select.keys must be fingerprints or ids of keys.',
  condition: `select.condition must be ${conditions.join(', ')}.`,
  reason: 'select.reason must be the name of a reason, for example key-invalid.',
  tag: 'select.tag must be a tag.',
  project: 'select.project must be a project, or null for keys without one.',
  kind: 'select.kind must be gemini or vertex-express.',
  source: `select.source must be ${sources.join(' or ')}.`,
  note: 'select.note must be a part of a note.',
}
