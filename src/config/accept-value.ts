import { Value, type ValueError, ValueErrorType } from '@sinclair/typebox/value'
import type { Declared } from './declared-settings.ts'
import { readValue } from './read-value.ts'
import { type SettingType, settingTypeOf } from './setting-type.ts'

export type Accepted = { readonly value: unknown } | { readonly refusal: string }

/** Reads and checks what a source gave for a setting. The refusal is one sentence and never quotes a secret. */
export const acceptValue = ({ name, setting, type }: Declared, given: unknown): Accepted => {
  const value = readValue(type, given)
  const error = Value.Errors(setting.schema, value).First()
  const reason = error === undefined ? setting.refuse?.(value) : reasonOf(error, setting.unit)
  if (reason === undefined) return { value: frozen(value) }
  const path = error === undefined ? [] : pathOf(error)
  if (setting.secret)
    return { refusal: `${[name, ...path.filter(isEntry)].join(', ')} ${reason} (its value is not shown).` }
  const shown = error === undefined ? value : error.value
  return { refusal: `${[name, ...path].join(', ')} is ${quoted(shown)}, but ${reason}.` }
}

/** What a value of this type must be, as the end of a sentence: `must be a whole number of seconds from 1 to 60`. */
export const demandOf = (type: SettingType, unit?: string): string => {
  switch (type.kind) {
    case 'switch':
      return 'must be true or false'
    case 'number':
      return `must be a ${type.whole ? 'whole number' : 'number'}${unit ? ` of ${unit}` : ''}${rangeOf(type)}`
    case 'choice':
      return `must be one of ${type.choices.join(', ')}`
    case 'text':
      return `must be a text${type.minimumLength > 0 ? ' that is not empty' : ''}${type.pattern ? ` of the form ${type.pattern}` : ''}`
    case 'list':
      return type.entries.kind === 'record'
        ? `must be a list written as JSON, each entry ${fieldsOf(type.entries)}`
        : 'must be a list: JSON such as ["a", "b"], or values parted by commas'
    case 'map':
      return `must be an object written as JSON, such as {"name": ${type.values.kind === 'number' ? '1' : '"value"'}}`
    case 'record':
      return `must be ${fieldsOf(type)}`
  }
}

const rangeOf = ({ minimum, maximum }: { minimum: number | undefined; maximum: number | undefined }): string => {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return `, at least ${minimum}`
  return maximum === undefined ? '' : `, at most ${maximum}`
}

const fieldsOf = ({ fields }: { readonly fields: Readonly<Record<string, SettingType>> }) =>
  `an object with the fields ${Object.keys(fields).join(', ')}`

const reasonOf = (error: ValueError, unit: string | undefined): string =>
  error.type === ValueErrorType.ObjectAdditionalProperties
    ? 'is not known there'
    : demandOf(settingTypeOf(error.schema), unit)

/** The way to the wrong part, in words: `/2/threshold` is `entry 3`, `threshold`. */
const pathOf = ({ path }: ValueError): string[] =>
  path
    .split('/')
    .slice(1)
    .map(part => (/^\d+$/.test(part) ? `entry ${Number(part) + 1}` : part.replaceAll('~1', '/').replaceAll('~0', '~')))

/** Names inside a secret object may themselves be secret; numbers of entries are not. */
const isEntry = (part: string) => /^entry \d+$/.test(part)

const longestQuote = 80

const quoted = (value: unknown): string => {
  if (value === undefined) return 'missing'
  const text = withoutCredentials(typeof value === 'number' ? String(value) : JSON.stringify(value))
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text
}

/** A mistyped address may hold a password or a key, although its setting is not a secret one. */
const withoutCredentials = (text: string): string =>
  text.replace(/\/\/[^/@\s"]*@/g, '//…@').replace(/([?&][\w.-]+=)[^&\s"]+/g, '$1…')

/** Values are shared by everyone who reads the setting; nobody may change one in place. */
const frozen = (value: unknown): unknown => {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part)
    Object.freeze(value)
  }
  return value
}
