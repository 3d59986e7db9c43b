import { type KeyFields, readKeyFields } from '../keys/import/key-fields.ts'
import { mostPieces } from '../keys/import/parse-keys.ts'
import { type ExportFormat, exportFormats } from '../keys/import/write-keys.ts'
import type { ImportOptions } from '../keys/plan-import.ts'
import { readSelection } from '../keys/read-selection.ts'
import { type SelectionTools, selectKeys } from '../keys/select-keys.ts'

/** What the body of a request to the keys API asks for. `keyIds` is what its `select` means. */
export type KeysRequest =
  | { readonly name: 'select'; readonly keyIds: readonly string[] }
  | { readonly name: 'change'; readonly keyIds: readonly string[]; readonly change: KeyFields }
  | { readonly name: 'export'; readonly keyIds: readonly string[]; readonly format: ExportFormat }
  | {
      readonly name: 'import'
      readonly text: string
      readonly dryRun: boolean
      readonly check: boolean
      readonly mostRows: number
      readonly options: ImportOptions
    }

export type ReadKeysRequest =
  | { readonly kind: 'read'; readonly wish: KeysRequest }
  | { readonly kind: 'refused'; readonly reason: string }

/** Reads a body by what was asked for; whatever it does not know is refused. */
export const readKeysRequest = (
  name: KeysRequest['name'],
  body: ReadonlyMap<string, unknown>,
  tools: SelectionTools,
): ReadKeysRequest => {
  const known = parts[name]
  if ([...body.keys()].some(part => !known.includes(part)))
    return refused(`The body may have only ${known.join(', ')}.`)
  if (name === 'import') return readImport(body)
  const selected = readSelection(body.get('select'))
  if (selected.kind === 'refused') return selected
  const keyIds = () => selectKeys(selected.selection, tools)
  if (name === 'select') return { kind: 'read', wish: { name, keyIds: keyIds() } }
  if (name === 'export') {
    const format = exportFormats.find(known => known === (body.get('format') ?? 'text'))
    if (format === undefined) return refused(`format must be ${exportFormats.join(', ')}.`)
    return { kind: 'read', wish: { name, keyIds: keyIds(), format } }
  }
  const change = readChange(body.get('change'))
  return 'reason' in change ? change : { kind: 'read', wish: { name, keyIds: keyIds(), change: change.fields } }
}

const changeable = ['enabled', 'project', 'priority', 'tags', 'note']

const described = ['kind', ...changeable]

const parts: Readonly<Record<KeysRequest['name'], readonly string[]>> = {
  select: ['select'],
  change: ['select', 'change'],
  export: ['select', 'format'],
  import: ['text', 'dryRun', 'revive', 'check', 'mostRows', ...described],
}

const readChange = (given: unknown) => {
  const names = typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.keys(given) : []
  if (names.length === 0 || names.some(name => !changeable.includes(name))) {
    return refused(`change must be an object of ${changeable.join(', ')}.`)
  }
  const read = readKeyFields(given as Record<string, unknown>)
  return read.kind === 'refused' ? refused(`${read.reason}.`) : read
}

const readImport = (body: ReadonlyMap<string, unknown>): ReadKeysRequest => {
  const text = body.get('text')
  if (typeof text !== 'string') return refused('text must be the text that holds the keys.')
  const switches = {
    dryRun: body.get('dryRun') ?? false,
    revive: body.get('revive') ?? false,
    check: body.get('check') ?? true,
  }
  const { dryRun, revive, check } = switches
  if (typeof dryRun !== 'boolean' || typeof revive !== 'boolean' || typeof check !== 'boolean') {
    return refused('dryRun, revive and check must be true or false.')
  }
  const mostRows = body.get('mostRows') ?? mostPieces
  if (!Number.isInteger(mostRows) || Number(mostRows) < 0) return refused('mostRows must be a whole number from 0 on.')
  const read = readKeyFields(Object.fromEntries(described.map(name => [name, body.get(name)])))
  if (read.kind === 'refused') return refused(`${read.reason}.`)
  const options = { ...read.fields, revive }
  return { kind: 'read', wish: { name: 'import', text, dryRun, check, mostRows: Number(mostRows), options } }
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const
