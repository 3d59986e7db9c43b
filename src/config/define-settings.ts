import type { Static, TSchema } from '@sinclair/typebox'

/** The page of the dashboard a setting is edited on. */
export type SettingGroup =
  | 'server'
  | 'database'
  | 'security'
  | 'keys'
  | 'upstream'
  | 'models'
  | 'thinking'
  | 'tools'
  | 'safety'
  | 'speech'
  | 'images'
  | 'files'
  | 'streams'
  | 'logs'
  | 'schedule'
  | 'updates'

/** What is declared once about a setting, beside the code that owns it. */
export type Setting<Schema extends TSchema = TSchema> = {
  readonly schema: Schema
  /** Used when no source gives a value. */
  readonly default: Static<Schema>
  readonly group: SettingGroup
  /** One sentence for people: what it does, in which unit, and what a special value means. */
  readonly help: { readonly en: string; readonly zh: string }
  readonly unit?: 'seconds' | 'milliseconds' | 'hours' | 'days' | 'bytes' | 'megabytes' | 'characters' | 'attempts'
  /** Never shown whole, encrypted at rest. */
  readonly secret?: true
  /** Read from the environment at start and only then; the dashboard shows it but cannot change it. */
  readonly startOnly?: true
  /**
   * A rule the schema cannot say. Returns the end of the sentence "NAME is VALUE, but …", for example
   * `must be a known time zone`, or undefined when the value is fine. It must not quote a secret value.
   * Declared as a method: only so is a setting of one type also a `Setting` of any type.
   */
  refuse?(value: Static<Schema>): string | undefined
}

export type SettingDefinitions = Readonly<Record<string, Setting>>

/** The values of a group of settings, by name. The object is live: a change shows at the next read. */
export type SettingValues<Definitions extends SettingDefinitions> = {
  readonly [Name in keyof Definitions]: Static<Definitions[Name]['schema']>
}

/** Declares one setting; exists so that the default is checked against the schema by the compiler. */
export const setting = <Schema extends TSchema>(definition: Setting<Schema>): Setting<Schema> => definition

/** Declares the settings one piece of code owns. */
export const defineSettings = <const Definitions extends SettingDefinitions>(definitions: Definitions): Definitions =>
  definitions
