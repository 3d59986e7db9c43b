import type { Setting, SettingDefinitions } from './define-settings.ts'
import { type SettingType, settingTypeOf } from './setting-type.ts'

/** The settings of one module or plugin, with the name people know it by. */
export type OwnedSettings = { readonly owner: string; readonly settings: SettingDefinitions }

/** One declared setting with all that follows from its declaration. */
export type Declared = {
  readonly name: string
  readonly owner: string
  readonly setting: Setting
  readonly type: SettingType
}

/**
 * All settings by name, in the order of their declaration.
 * @throws when two owners declare the same name; the sentence names both
 */
export const declareSettings = (groups: readonly OwnedSettings[]): ReadonlyMap<string, Declared> => {
  const declared = new Map<string, Declared>()
  for (const { owner, settings } of groups) {
    for (const [name, setting] of Object.entries(settings)) {
      const other = declared.get(name)
      if (other !== undefined) {
        throw new Error(`The setting ${name} is declared twice: by ${other.owner} and by ${owner}.`)
      }
      declared.set(name, { name, owner, setting, type: settingTypeOf(setting.schema) })
    }
  }
  return declared
}
