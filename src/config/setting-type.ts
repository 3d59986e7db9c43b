import { KindGuard, type TSchema } from '@sinclair/typebox'

/** What a setting may hold, reduced to what a form, a sentence or a parser has to tell apart. */
export type SettingType =
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'number'
      readonly whole: boolean
      readonly minimum: number | undefined
      readonly maximum: number | undefined
    }
  | {
      readonly kind: 'choice'
      readonly choices: readonly string[]
      /** Other words for a choice, in lower case. */
      readonly aliases: Readonly<Record<string, string>>
    }
  | { readonly kind: 'text'; readonly minimumLength: number; readonly pattern: string | undefined }
  | { readonly kind: 'list'; readonly entries: SettingType }
  | { readonly kind: 'map'; readonly values: SettingType }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, SettingType>> }

/** Reads the type off the schema. Throws for a schema that has no text form, at start, where the declaration is new. */
export const settingTypeOf = (schema: TSchema): SettingType => {
  if (KindGuard.IsBoolean(schema)) return { kind: 'switch' }
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) {
    return {
      kind: 'number',
      whole: KindGuard.IsInteger(schema),
      minimum: schema.minimum,
      maximum: schema.maximum,
    }
  }
  if (KindGuard.IsString(schema)) {
    return { kind: 'text', minimumLength: schema.minLength ?? 0, pattern: schema.pattern }
  }
  if (KindGuard.IsLiteral(schema)) return choiceOf([schema], {})
  if (KindGuard.IsUnion(schema)) return choiceOf(schema.anyOf, schema.aliases ?? {})
  if (KindGuard.IsArray(schema)) return { kind: 'list', entries: settingTypeOf(schema.items) }
  if (KindGuard.IsRecord(schema)) return { kind: 'map', values: settingTypeOf(recordValuesOf(schema)) }
  if (KindGuard.IsObject(schema)) {
    const fields = Object.entries(schema.properties).map(([name, field]) => [name, settingTypeOf(field)] as const)
    return { kind: 'record', fields: Object.fromEntries(fields) }
  }
  throw new Error(`A setting cannot have a schema of this kind: ${JSON.stringify(schema)}`)
}

const choiceOf = (members: readonly TSchema[], aliases: Readonly<Record<string, string>>): SettingType => ({
  kind: 'choice',
  choices: members.map(member => {
    if (KindGuard.IsLiteral(member) && typeof member.const === 'string') return member.const
    throw new Error(`A choice can only be made between texts, not ${JSON.stringify(member)}`)
  }),
  aliases,
})

const recordValuesOf = (schema: { patternProperties: Record<string, TSchema> }): TSchema => {
  const [values] = Object.values(schema.patternProperties)
  if (values === undefined) throw new Error('A record without a schema for its values cannot be a setting')
  return values
}
