import type { Secret } from '../../security/secret.ts'
import type { KeyKind } from '../../storage/records.ts'
import { parseKeys } from './parse-keys.ts'

/** A key as it leaves the program, on purpose. */
export type ExportedKey = {
  readonly secret: Secret
  readonly kind: KeyKind
  readonly project: string | null
  readonly priority: number
  readonly tags: readonly string[]
  readonly note: string
  readonly enabled: boolean
}

export const exportFormats = ['text', 'json', 'csv'] as const

export type ExportFormat = (typeof exportFormats)[number]

/** Writes keys, secrets included, so that `parseKeys` reads them again. `text` has nothing but the keys, one a line. */
export const writeKeys = (keys: readonly ExportedKey[], format: ExportFormat): string => {
  switch (format) {
    case 'text':
      return keys.map(key => `${writeLine(key.secret.reveal())}\n`).join('')
    case 'json':
      return keys.length === 0 ? '[]\n' : `[\n${keys.map(writeObject).join(',\n')}\n]\n`
    case 'csv':
      return [header, ...keys.map(writeRow)].map(row => `${row}\r\n`).join('')
  }
}

/** A key that would not be read as itself, because of a comma inside for example, is written as a JSON list. */
const writeLine = (key: string): string => {
  if (/^[\w.-]+$/.test(key)) return key
  const [piece, ...more] = [...parseKeys(key)]
  return piece?.kind === 'key' && piece.secret.reveal() === key && more.length === 0 ? key : JSON.stringify([key])
}

const writeObject = ({ secret, ...rest }: ExportedKey) => JSON.stringify({ key: secret.reveal(), ...rest })

const header = 'key,kind,project,priority,tags,note,enabled'

const writeRow = (key: ExportedKey): string =>
  [
    guarded(key.secret.reveal()),
    key.kind,
    guarded(key.project ?? ''),
    String(key.priority),
    guarded(key.tags.join(';')),
    guarded(key.note),
    String(key.enabled),
  ]
    .map(quoted)
    .join(',')

/**
 * A spreadsheet runs a cell that begins like a formula; a `'` in front makes it text. Source:
 * owasp.org/www-community/attacks/CSV_Injection.
 */
const guarded = (cell: string): string => (/^['=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell)

const quoted = (cell: string): string => (/[",;\r\n]|^[#\s]|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
