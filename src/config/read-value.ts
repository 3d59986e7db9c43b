import type { SettingType } from './setting-type.ts'

/**
 * Turns what a source gave (a text of the environment, a database row or a form, or a value of JSON) into the value
 * meant, always a copy. What cannot be read comes back as it was given, so that the check that follows refuses it and
 * can quote it.
 */
export const readValue = (type: SettingType, given: unknown): unknown =>
  tidy(type, typeof given === 'string' ? readText(type, given) : given)

const readText = (type: SettingType, text: string): unknown => {
  switch (type.kind) {
    case 'text':
    case 'choice':
      return text
    case 'switch':
      return switchWords.get(unquoted(text).toLowerCase()) ?? text
    case 'number':
      return decimal.test(unquoted(text)) ? Number(unquoted(text)) : text
    case 'list':
      return readList(type.entries, text)
    case 'map':
    case 'record':
      return readObject(text)
  }
}

const switchWords: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map(word => [word, true] as const),
  ...['false', '0', 'no', 'off'].map(word => [word, false] as const),
])

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const readList = (entries: SettingType, text: string): unknown => {
  const bare = unquoted(text)
  if (bare === '') return []
  const parsed = readJson(bare)
  if (Array.isArray(parsed)) return parsed
  // Splitting broken JSON at its commas would make keys that carry brackets and quotes.
  if (entries.kind === 'record' || bare.startsWith('[') || bare.startsWith('{')) return text
  return bare.split(/[,\n]/).map(unquoted)
}

const readObject = (text: string): unknown => {
  const bare = unquoted(text)
  if (bare === '') return {}
  const parsed = readJson(bare)
  return isObject(parsed) ? parsed : text
}

/** People and old installations write Python's single quotes; the original reads them too. */
const readJson = (text: string): unknown => {
  for (const attempt of [text, text.replaceAll("'", '"')]) {
    try {
      return JSON.parse(attempt)
    } catch {}
  }
  return undefined
}

/** `docker run --env-file` hands the quotes around a value on as part of it. */
const unquoted = (text: string): string => {
  const trimmed = text.trim()
  const quote = trimmed.at(0)
  if (trimmed.length < 2 || (quote !== "'" && quote !== '"') || !trimmed.endsWith(quote)) return trimmed
  const inner = trimmed.slice(1, -1).trim()
  return /^[[{]/.test(inner) || !inner.includes(quote) ? inner : trimmed
}

const tidy = (type: SettingType, value: unknown): unknown => {
  switch (type.kind) {
    case 'choice':
      return typeof value === 'string' ? chosen(type.choices, type.aliases, value) : value
    case 'number':
      // -0 would be written as 0 and so not come back equal.
      return typeof value === 'number' ? value + 0 : value
    case 'list':
      return Array.isArray(value) ? tidyList(type.entries, value) : value
    case 'map':
      return isObject(value) ? mapObject(value, (_name, entry) => tidy(type.values, entry)) : value
    case 'record':
      return isObject(value) ? mapObject(value, (name, entry) => tidyField(type.fields[name], entry)) : value
    default:
      return value
  }
}

const tidyField = (type: SettingType | undefined, value: unknown) => (type === undefined ? value : tidy(type, value))

const tidyList = (entries: SettingType, values: readonly unknown[]): unknown[] =>
  values.map(value => tidy(entries, typeof value === 'string' ? value.trim() : value)).filter(value => value !== '')

const chosen = (choices: readonly string[], aliases: Readonly<Record<string, string>>, given: string): string => {
  const word = given.trim().toLowerCase()
  const alias = Object.hasOwn(aliases, word) ? aliases[word] : undefined
  return choices.find(choice => choice.toLowerCase() === word) ?? alias ?? given
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapObject = (object: Readonly<Record<string, unknown>>, change: (name: string, value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]))
