import { readColumnName, readSettingName } from './field-names.ts'
import type { KeyFields } from './key-fields.ts'
import { makePieceWith, refuse } from './make-piece.ts'
import type { ParsedPiece } from './parsed-piece.ts'
import { readJson } from './read-json.ts'
import { endOfLine, readRecord } from './read-record.ts'
import { readWords, trimmed } from './read-words.ts'
import { whyNoKey } from './why-no-key.ts'

/** Lines longer than this are lists, and nothing else is looked for in them. */
const mostRow = 4000

/** The pieces of any text that is no JSON and no table with a header. */
export function* readLines(text: string, mostValues: number): Generator<ParsedPiece> {
  let line = 1
  let isFirst = true
  /** A setting whose list goes on over several lines says the same of all its keys. */
  let open: KeyFields | undefined
  for (let start = 0; start < text.length; line++) {
    const end = endOfLine(text, start)
    const content = withoutComment(text.slice(start, end)).trim()
    start = end + 1
    if (content === '') continue
    if (trimmed(content) === '') {
      if (closes(content)) open = undefined
      continue
    }
    // A table of one column.
    if (isFirst && readColumnName(content) === 'key') {
      isFirst = false
      continue
    }
    isFirst = false
    const setting = readSetting(content)
    if (setting?.kind === 'other') {
      yield refuse(line, content, 'a setting that holds no keys for Gemini')
      continue
    }
    const fields = setting?.fields ?? open ?? {}
    const rest = setting?.rest ?? content
    yield* readLine(rest, line, fields, mostValues)
    if (setting !== undefined && opens(rest)) open = fields
    if (open !== undefined && closes(rest)) open = undefined
  }
}

function* readLine(content: string, line: number, fields: KeyFields, mostValues: number): Generator<ParsedPiece> {
  if (/^[[{]/.test(content)) {
    const json = readJson(content.replace(/[,;]$/, ''), { firstLine: line, mostValues, fields })
    if (json !== undefined) return yield* json
  }
  const row = content.length <= mostRow ? readBareRow(content, line, fields) : undefined
  if (row !== undefined) yield row
  else yield* readWords(content.replace(/^(?:[-*+•]|\d{1,6}[.)])\s+/, ''), line, fields)
}

type SettingLine =
  | { readonly kind: 'keys'; readonly fields: KeyFields; readonly rest: string }
  | { readonly kind: 'other' }

/** `API_KEYS=…`, `export GEMINI_API_KEY=…`, `"key": "…"`; and settings that name something else than keys. */
const readSetting = (content: string): SettingLine | undefined => {
  const found = /^(?:export\s+|set\s+)?["']?([A-Za-z_][\w-]{0,59})["']?\s{0,9}(=|:(?=[\s"'[]))\s{0,9}/.exec(content)
  if (found === null) return undefined
  const [before, name = '', sign] = found
  const rest = content.slice(before.length)
  const fields = readSettingName(name)
  if (fields !== undefined) return { kind: 'keys', fields, rest }
  // A key may end in "=", and then what is before it is no name.
  const isValue = rest !== '' && !rest.startsWith('=')
  return sign === '=' && isValue && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name) && name.length < 40
    ? { kind: 'other' }
    : undefined
}

const opens = (rest: string) => /^["']?\[/.test(rest)
const closes = (rest: string) => /\]["']?[,;]?$/.test(rest)

/**
 * A row of a table without a header: key, project, priority, tags, note, kind. Only where nothing can be mistaken: the
 * second cell looks like a Google project and not like a key or a part of one, the third is a number or empty.
 */
const readBareRow = (content: string, line: number, base: KeyFields): ParsedPiece | undefined => {
  for (const delimiter of ['\t', ';', ',']) {
    if (!content.includes(delimiter)) continue
    const { cells, fault } = readRecord(content, 0, delimiter)
    const [key = '', project = '', priority = '', tags = '', note = '', kind = '', ...more] = cells
    if (fault !== undefined || cells.length < 2 || more.some(cell => cell !== '')) continue
    if (whyNoKey(key) !== undefined || !(project === '' || isProject(project, /^-?\d{1,4}$/.test(priority)))) continue
    if (!/^(-?\d{1,4})?$/.test(priority) || !/^(gemini|vertex[-_]express|vertex)?$/i.test(kind)) continue
    if ([tags, note].some(cell => whyNoKey(cell) === undefined)) continue
    if ([project, priority, tags, note, kind].every(cell => cell === '')) continue
    return makePieceWith(line, key, { project, priority, tags, note, kind }, base)
  }
  return undefined
}

/** Source: cloud.google.com/resource-manager/docs/creating-managing-projects (ids: 6 to 30 lower-case letters, digits, hyphens). */
const isProject = (text: string, isSure: boolean) =>
  /^(projects\/)?(\d{6,20}|[a-z][a-z0-9-]{4,28}[a-z0-9])$/.test(text) && (isSure || text.length < 20)

const withoutComment = (line: string): string => {
  const place = line.search(/(^|\s)#/)
  return place < 0 ? line : line.slice(0, place)
}
