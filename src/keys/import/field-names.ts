import type { KeyFieldName, KeyFields } from './key-fields.ts'

/** What a column or a property of an object is called, however it is written. */
export type ColumnName = KeyFieldName | 'key'

/** Reads the title of a column or the name of a property; undefined for one that says nothing of a key. */
export const readColumnName = (title: string): ColumnName | undefined => {
  if (title.length > 40) return undefined
  const word = title.toLowerCase().replace(/[^a-z]/g, '')
  return columns.find(([, names]) => names.includes(word))?.[0]
}

const columns: readonly (readonly [ColumnName, readonly string[]])[] = [
  ['key', ['key', 'apikey', 'secret', 'secretkey', 'geminikey', 'geminiapikey', 'googleapikey', 'keystring']],
  ['project', ['project', 'projectid', 'projectname', 'projectnumber']],
  ['priority', ['priority', 'prioritygroup']],
  ['tags', ['tags', 'tag', 'labels']],
  ['note', ['note', 'notes', 'comment', 'remark', 'description']],
  ['kind', ['kind', 'keykind']],
  ['enabled', ['enabled', 'active']],
]

/**
 * What a setting of this name says of the keys in it: `API_KEYS`, `VERTEX_API_KEYS`, `PAID_KEY`, `GEMINI_API_KEY_2` …
 * Undefined when it names no keys of Google's.
 */
export const readSettingName = (name: string): KeyFields | undefined => {
  if (name.length > 60) return undefined
  const words = name
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter(word => word !== '')
  if (!words.every(word => keyWords.has(word)) || !words.some(word => lastWords.has(word))) return undefined
  return {
    ...(words.includes('VERTEX') ? { kind: 'vertex-express' as const } : {}),
    ...(words.includes('PAID') ? { priority: 1 } : {}),
  }
}

const lastWords = new Set(['KEY', 'KEYS', 'APIKEY', 'APIKEYS'])
const otherWords = [
  'API',
  'GEMINI',
  'GOOGLE',
  'VERTEX',
  'EXPRESS',
  'PAID',
  'GENAI',
  'GENERATIVE',
  'AI',
  'STUDIO',
  'GCP',
]
const keyWords = new Set([...lastWords, ...otherWords])
