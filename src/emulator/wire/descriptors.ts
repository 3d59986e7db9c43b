import { descriptorTable, type MessageName } from './descriptor-table.ts'
import { type EnumName, enumTable } from './enum-table.ts'

const scalarKinds = [
  'string',
  'bool',
  'int32',
  'int64',
  'float',
  'double',
  'bytes',
  'duration',
  'timestamp',
  'struct',
  'value',
] as const

export type ScalarKind = (typeof scalarKinds)[number]

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarKind }
  | { readonly kind: 'message'; readonly message: MessageName }
  | { readonly kind: 'enum'; readonly enum: EnumName }

export type Field = {
  /** lowerCamelCase, as answers spell it. */
  readonly jsonName: string
  /** snake_case, as error texts spell it. */
  readonly protoName: string
  readonly type: FieldType
  readonly label: 'single' | 'repeated' | 'map'
  readonly oneof: string | undefined
}

/** The field a client means by `name`, which may be spelled either way. */
export const findField = (message: MessageName, name: string): Field | undefined => fieldsByName[message].get(name)

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const compileField = (jsonName: string, written: string): Field => {
  const oneof = /^oneof (\w+) /.exec(written)?.[1]
  const withoutOneof = written.replace(/^oneof \w+ /, '')
  const map = /^map<(.+)>$/.exec(withoutOneof)?.[1]
  const repeated = /^(.+)\[\]$/.exec(withoutOneof)?.[1]
  return {
    jsonName,
    protoName: snakeCase(jsonName),
    type: compileType(map ?? repeated ?? withoutOneof),
    label: map !== undefined ? 'map' : repeated !== undefined ? 'repeated' : 'single',
    oneof,
  }
}

const compileType = (name: string): FieldType => {
  const scalar = scalarKinds.find(kind => kind === name)
  if (scalar !== undefined) return { kind: 'scalar', scalar }
  if (Object.hasOwn(descriptorTable, name)) return { kind: 'message', message: name as MessageName }
  if (Object.hasOwn(enumTable, name)) return { kind: 'enum', enum: name as EnumName }
  throw new Error(`The descriptor table names a type that does not exist: ${name}`)
}

const fieldsByName = Object.fromEntries(
  Object.entries(descriptorTable).map(([message, fields]) => [
    message,
    new Map(
      Object.entries(fields).flatMap(([jsonName, written]) => {
        const field = compileField(jsonName, written)
        return [
          [field.jsonName, field],
          [field.protoName, field],
        ]
      }),
    ),
  ]),
) as unknown as Readonly<Record<MessageName, ReadonlyMap<string, Field>>>
