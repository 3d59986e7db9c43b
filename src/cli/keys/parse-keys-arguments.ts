import { parseArgs } from 'node:util'
import { type KeyFields, readKeyFields } from '../../keys/import/key-fields.ts'
import { type ExportFormat, exportFormats } from '../../keys/import/write-keys.ts'
import { readSelection } from '../../keys/read-selection.ts'
import { Secret } from '../../security/secret.ts'

/** Where the keys are: at a server of this address, in the database, or wherever the settings lead. */
export type KeysPlace =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'database' }
  | { readonly kind: 'either' }

/** The parts of a selection as the keys API takes them. */
export type SelectParts = Readonly<Record<string, string | true | readonly string[]>>

export type KeysAction =
  | { readonly name: 'help' }
  | {
      readonly name: 'import'
      /** `-` is standard input. */
      readonly file: string
      readonly dryRun: boolean
      readonly revive: boolean
      readonly check: boolean
      readonly fields: KeyFields
    }
  | { readonly name: 'export'; readonly select: SelectParts; readonly format: ExportFormat }
  | { readonly name: 'list'; readonly select: SelectParts; readonly limit: number | undefined }
  | { readonly name: 'check'; readonly select: SelectParts; readonly deep: boolean }
  | { readonly name: 'enable' | 'disable'; readonly select: SelectParts }
  | { readonly name: 'delete'; readonly select: SelectParts; readonly isSure: boolean }

export type KeysCommand = {
  readonly action: KeysAction
  readonly place: KeysPlace
  /** The admin token, when it was given as an option. */
  readonly token: Secret | undefined
  readonly json: boolean
}

export type KeysArguments =
  | { readonly kind: 'keys'; readonly command: KeysCommand }
  | { readonly kind: 'misused'; readonly problem: string }

/** Reads what stands behind `gemini-balance keys`. */
export const parseKeysArguments = (words: readonly string[]): KeysArguments => {
  try {
    const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options })
    const [name, ...files] = positionals
    const action =
      values.help || name === undefined || name === 'help' ? { name: 'help' as const } : readAction(name, files, values)
    const place = readPlace(values)
    const token = values.token === undefined ? undefined : new Secret(values.token)
    return { kind: 'keys', command: { action, place, token, json: values.json ?? false } }
  } catch (error) {
    const problem = error instanceof Misuse ? error.message : firstSentence(String((error as Error).message))
    return { kind: 'misused', problem }
  }
}

const flag = { type: 'boolean' } as const
const text = { type: 'string' } as const
const texts = { type: 'string', multiple: true } as const

const options = {
  help: { ...flag, short: 'h' },
  json: flag,
  server: text,
  token: text,
  database: flag,
  all: flag,
  key: texts,
  condition: texts,
  reason: texts,
  tag: texts,
  project: texts,
  kind: texts,
  source: texts,
  note: text,
  priority: text,
  'dry-run': flag,
  revive: flag,
  'no-check': flag,
  format: text,
  limit: text,
  deep: flag,
  yes: { ...flag, short: 'y' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

/** Its message is for the person who typed it. */
class Misuse extends Error {}

const common = ['help', 'json', 'server', 'token', 'database']
const filters = ['all', 'key', 'condition', 'reason', 'tag', 'project', 'kind', 'source', 'note']

/** What each action understands; anything else is refused, since whoever wrote it expects something of it. */
const understood: Readonly<Record<Exclude<KeysAction['name'], 'help'>, readonly string[]>> = {
  import: ['dry-run', 'revive', 'no-check', 'kind', 'project', 'priority', 'tag', 'note'],
  export: [...filters, 'format'],
  list: [...filters, 'limit'],
  check: [...filters, 'deep'],
  enable: filters,
  disable: filters,
  delete: [...filters, 'yes'],
}

const readAction = (name: string, files: readonly string[], values: Values): KeysAction => {
  if (!isAction(name)) throw new Misuse(`keys knows only ${Object.keys(understood).join(', ')}.`)
  const strange = Object.keys(values).find(option => !common.includes(option) && !understood[name].includes(option))
  if (strange !== undefined) throw new Misuse(`keys ${name} has no option --${strange}.`)
  if (name === 'import') return readImport(files, values)
  if (files.length > 0) throw new Misuse(`keys ${name} takes options only, for example --key FINGERPRINT.`)
  const select = readSelect(name, values)
  switch (name) {
    case 'export':
      return { name, select, format: readFormat(values) }
    case 'list':
      return { name, select, limit: readLimit(values.limit) }
    case 'check':
      return { name, select, deep: values.deep ?? false }
    case 'delete':
      return { name, select, isSure: values.yes ?? false }
    default:
      return { name, select }
  }
}

const isAction = (name: string): name is keyof typeof understood => Object.hasOwn(understood, name)

const readImport = (files: readonly string[], values: Values): KeysAction => {
  if (files.length > 1) throw new Misuse('keys import takes one file.')
  const single = (name: 'kind' | 'project') => {
    if ((values[name]?.length ?? 0) > 1) throw new Misuse(`keys import takes --${name} once.`)
    return values[name]?.[0]
  }
  const { priority, tag: tags, note } = values
  const read = readKeyFields({ kind: single('kind'), project: single('project'), priority, tags, note })
  if (read.kind === 'refused') throw new Misuse(`${read.reason}.`)
  return {
    name: 'import',
    file: files[0] ?? '-',
    dryRun: values['dry-run'] ?? false,
    revive: values.revive ?? false,
    check: !values['no-check'],
    fields: read.fields,
  }
}

const readSelect = (name: string, values: Values): SelectParts => {
  const { all, note, key: keys, condition, reason, tag, project, kind, source } = values
  const given = {
    ...(name === 'list' ? { all: true } : { all }),
    note,
    keys,
    condition,
    reason,
    tag,
    project,
    kind,
    source,
  }
  const select = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SelectParts
  const read = readSelection(select)
  if (read.kind === 'read') return select
  throw new Misuse(
    Object.keys(select).length === 0
      ? `Say which keys: --all, or filters such as --condition dead or --key FINGERPRINT.`
      : read.reason.replace(/select\.keys/, '--key').replace(/select\./, '--'),
  )
}

const readFormat = ({ format, json }: Values): ExportFormat => {
  const wish = format ?? (json ? 'json' : 'text')
  const known = exportFormats.find(one => one === wish)
  if (known === undefined) throw new Misuse(`--format takes ${exportFormats.join(', ')}.`)
  return known
}

const readLimit = (limit: string | undefined): number | undefined => {
  if (limit === undefined) return undefined
  if (!/^[1-9]\d{0,6}$/.test(limit)) throw new Misuse('--limit takes a number from 1 on.')
  return Number(limit)
}

const readPlace = ({ server, database }: Values): KeysPlace => {
  if (server === undefined) return database ? { kind: 'database' } : { kind: 'either' }
  if (database) throw new Misuse('--server and --database exclude each other.')
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw new Misuse('--server takes an address such as http://127.0.0.1:8000.')
  }
  return { kind: 'server', url: server.replace(/\/+$/, '') }
}

/** What follows is advice to programmers. */
const firstSentence = (message: string) => `${message.split('. ', 1)[0]?.replace(/\.$/, '')}.`
