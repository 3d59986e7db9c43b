import type { KeyKind } from '../records.ts'
import { isOriginalDefault } from './original-defaults.ts'

/** A row of the original's `t_settings`. */
export type OriginalSetting = { readonly name: string; readonly value: string }

export type OriginalKey = {
  readonly secret: string
  readonly kind: KeyKind
  readonly priority: number
  readonly tags: readonly string[]
}

export type SortedSettings = {
  /** Names of rows that go: keys move to their own table, defaults and connection data have no place here. */
  readonly removed: readonly string[]
  /** Rows that stay, but encrypted. */
  readonly sealed: readonly OriginalSetting[]
  /** In the order they were configured, each once. */
  readonly keys: readonly OriginalKey[]
  /** Every secret text that was in a row: what has to disappear from the error log too. */
  readonly secrets: readonly string[]
}

/** Decides what becomes of each setting of the original; rows that are not mentioned stay as they are. */
export const sortSettings = (
  settings: readonly OriginalSetting[],
  isSecretSetting: (name: string) => boolean,
): SortedSettings => {
  const holdsSecret = ({ name, value }: OriginalSetting) =>
    (isSecretSetting(name) || secretName.test(name)) && !plainValue.test(value)
  const isRemoved = ({ name, value }: OriginalSetting) =>
    Object.hasOwn(keySettings, name) || connectionName.test(name) || isOriginalDefault(name, value)
  return {
    removed: settings.filter(isRemoved).map(setting => setting.name),
    sealed: settings.filter(setting => !isRemoved(setting) && holdsSecret(setting)),
    keys: keysOf(settings),
    secrets: settings.filter(holdsSecret).flatMap(setting => secretTexts(setting.value)),
  }
}

/** The original copies its whole `.env` file into the table, with names it does not know itself. */
const secretName = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|AUTH|CREDENTIAL|DATABASE_URL/i
const plainValue = /^\s*(true|false|yes|no|on|off|null|none|-?\d{1,6}(\.\d+)?|\[\s*\]|\{\s*\})?\s*$/i
const connectionName = /^(MYSQL_|DATABASE_TYPE$|SQLITE_DATABASE$)/

const keySettings: Readonly<Record<string, Omit<OriginalKey, 'secret'>>> = {
  API_KEYS: { kind: 'gemini', priority: 0, tags: [] },
  PAID_KEY: { kind: 'gemini', priority: 1, tags: ['paid'] },
  VERTEX_API_KEYS: { kind: 'vertex-express', priority: 0, tags: [] },
}

/** A paid key that is listed among the others too keeps its place there and is only marked. */
const keysOf = (settings: readonly OriginalSetting[]) => {
  const keys = new Map<string, OriginalKey>()
  for (const [name, traits] of Object.entries(keySettings)) {
    const value = settings.find(setting => setting.name === name)?.value ?? ''
    for (const secret of listOf(value).filter(canBeKey)) {
      const known = keys.get(secret)
      keys.set(
        secret,
        known ? { ...known, tags: [...new Set([...known.tags, ...traits.tags])] } : { secret, ...traits },
      )
    }
  }
  return [...keys.values()]
}

/** Lists are JSON, or text with commas; the original reads both. */
const listOf = (value: string): string[] => {
  try {
    const list: unknown = JSON.parse(value)
    if (Array.isArray(list)) return list.map(String).map(text => text.trim())
  } catch {
    // Not JSON: text with commas.
  }
  return value.split(',').map(text => text.trim())
}

/** The original's settings page saves its placeholder, a sentence, when the list is empty. */
const canBeKey = (text: string) => text !== '' && !/\s/.test(text) && text.length <= 500

/** The secrets inside a value: the value itself, the texts in its JSON, the passwords in its addresses. */
const secretTexts = (value: string): string[] => {
  const texts = [value, ...stringsIn(value), ...listOf(value)]
  return texts.flatMap(text => [text, ...passwordIn(text)])
}

const stringsIn = (value: string): string[] => {
  const strings: string[] = []
  try {
    JSON.parse(value, (_name, part: unknown) => {
      if (typeof part === 'string') strings.push(part)
      return part
    })
  } catch {
    // Not JSON: the value itself is the only text.
  }
  return strings
}

const passwordIn = (text: string): string[] => {
  const password = URL.canParse(text) ? new URL(text).password : ''
  return password === '' ? [] : [password, decodeURIComponent(password)]
}
