import type { Violation } from '../wire/google-error.ts'
import type { Schema } from '../wire/messages.ts'

/** The rules of the `Schema` message, as far as the descriptor table does not already refuse by unknown names. */
export const schemaViolations = (schema: Schema, path: string): readonly Violation[] => [
  ...ownViolations(schema, path),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    schemaViolations(member, `${path}.properties[${name}]`),
  ),
  ...(schema.items === undefined ? [] : schemaViolations(schema.items, `${path}.items`)),
  ...(schema.anyOf ?? []).flatMap((member, index) => schemaViolations(member, `${path}.any_of[${index}]`)),
]

const ownViolations = (schema: Schema, path: string): readonly Violation[] => {
  const violations: Violation[] = []
  const names = Object.keys(schema.properties ?? {})
  if (schema.type === 'OBJECT' && names.length === 0)
    violations.push(`${path}.properties: should be non-empty for OBJECT type`)
  if (schema.type !== 'OBJECT' && names.length > 0) violations.push(`${path}.properties: only allowed for OBJECT type`)
  if (schema.type === 'ARRAY' && schema.items === undefined) violations.push(`${path}.items: missing field.`)
  if (schema.type !== 'ARRAY' && schema.items !== undefined)
    violations.push(`${path}.items: only allowed for ARRAY type`)
  ;(schema.required ?? []).forEach((name, index) => {
    if (!names.includes(name)) violations.push(`${path}.required[${index}]: property is not defined`)
  })
  if ((schema.enum ?? []).length > 0 && schema.type !== 'STRING')
    violations.push(`${path}.enum: only allowed for STRING type`)
  ;(schema.enum ?? []).forEach((value, index) => {
    if (value === '') violations.push(`${path}.enum[${index}]: cannot be empty`)
  })
  if (schema.type === 'STRING' && ![undefined, '', 'enum', 'date-time'].includes(schema.format))
    violations.push(`${path}.format: only 'enum' and 'date-time' are supported for STRING type`)
  return violations
}
