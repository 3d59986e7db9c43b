import { readColumnName, readSettingName } from './field-names.ts'
import type { KeyFieldName, KeyFields } from './key-fields.ts'
import { makePiece, makePieceWith, refuse } from './make-piece.ts'
import type { ParsedPiece } from './parsed-piece.ts'
import { type JsonNode, type JsonProperties, scanJson } from './scan-json.ts'

export type JsonOptions = {
  /** Line of the first character, counted from 1. */
  readonly firstLine: number
  readonly mostValues: number
  readonly fields: KeyFields
}

/**
 * The pieces of a JSON text: a list of texts or objects, also inside an object that calls it `API_KEYS` or `keys`, as the
 * settings of this program and of others are exported. Undefined when the text is no JSON.
 * @throws TooManyValues
 */
export const readJson = (text: string, options: JsonOptions): Iterable<ParsedPiece> | undefined => {
  const root = scanJson(text, options)
  return root && readNode(root, options.fields, text)
}

function* readNode(node: JsonNode, fields: KeyFields, text: string): Generator<ParsedPiece> {
  const { value, line } = node
  if (typeof value === 'string') {
    for (const key of linesOf(value)) yield makePiece(line, key, fields)
  } else if (Array.isArray(value)) {
    for (const element of value) yield* readNode(element, fields, text)
  } else if (isObject(value)) {
    yield* readObject(node, value.properties, fields, text)
  } else {
    yield refuse(line, textOf(node, text), 'a JSON value that is no text, so no key')
  }
}

function* readObject(
  node: JsonNode,
  properties: JsonProperties['properties'],
  fields: KeyFields,
  text: string,
): Generator<ParsedPiece> {
  const isKey = ([name, { value }]: (typeof properties)[number]) =>
    readColumnName(name) === 'key' && typeof value === 'string'
  const keys = properties.filter(isKey)
  const said = fieldsOf(properties)
  for (const [, { line, value }] of keys) {
    const lines = linesOf(String(value))
    if (lines.length === 0) yield refuse(line, '', 'a JSON object with an empty key')
    for (const key of lines) yield makePieceWith(line, key, said, fields)
  }
  const lists = properties.filter(property => !isKey(property) && isListName(property[0]))
  for (const [name, list] of lists) yield* readNode(list, { ...fields, ...readSettingName(name) }, text)
  if (keys.length > 0) return
  if (lists.length === 0) yield refuse(node.line, textOf(node, text), 'a JSON object that holds no key')
  else if (lists.length < properties.length)
    yield refuse(node.line, '', 'the other parts of a JSON object, which are no keys')
}

/** Other programs keep several keys in one text, one a line. */
const linesOf = (text: string): readonly string[] =>
  text
    .split(/[\r\n]+/)
    .map(line => line.trim())
    .filter(line => line !== '')

const isListName = (name: string) => readSettingName(name) !== undefined || name === 'data' || name === 'items'

const fieldsOf = (properties: JsonProperties['properties']) => {
  const said: Partial<Record<KeyFieldName, unknown>> = {}
  for (const [name, node] of properties) {
    const column = readColumnName(name)
    if (column !== undefined && column !== 'key') said[column] = plain(node)
  }
  return said
}

/** Lists of texts as they are; anything deeper is nothing that a field can be, and is refused there. */
const plain = ({ value }: JsonNode): unknown => {
  if (Array.isArray(value)) return value.map((node: JsonNode) => (typeof node.value === 'object' ? {} : node.value))
  return isObject(value) ? {} : value
}

const textOf = ({ start, end }: JsonNode, text: string) => text.slice(start, end)

const isObject = (value: JsonNode['value']): value is JsonProperties =>
  typeof value === 'object' && value !== null && 'properties' in value
