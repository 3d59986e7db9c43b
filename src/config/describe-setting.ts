import type { Declared } from './declared-settings.ts'
import type { Setting, SettingGroup } from './define-settings.ts'
import type { HeldValue, SettingOrigin } from './held-value.ts'
import type { SettingType } from './setting-type.ts'

/** A value as people may see it; of a secret one only whether it is set and how many entries it has. */
export type ShownValue =
  | { readonly secret: false; readonly value: unknown }
  | { readonly secret: true; readonly set: boolean; readonly entries: number | undefined }

/** What the dashboard shows about one setting. */
export type SettingDescription = {
  readonly name: string
  readonly group: SettingGroup
  readonly help: Setting['help']
  /** Kind, range and choices. */
  readonly type: SettingType
  readonly unit: Setting['unit']
  readonly secret: boolean
  readonly default: ShownValue
  readonly value: ShownValue
  readonly origin: SettingOrigin
  /** What would hold if the value of the database were removed. */
  readonly fallback: { readonly value: ShownValue; readonly origin: SettingOrigin }
  /** False when the setting is read at start only. */
  readonly changeable: boolean
}

export const describeSetting = (
  { name, setting, type }: Declared,
  held: HeldValue,
  fallback: HeldValue,
): SettingDescription => ({
  name,
  group: setting.group,
  help: setting.help,
  type,
  unit: setting.unit,
  secret: setting.secret === true,
  default: shown(setting, setting.default),
  value: shown(setting, held.value),
  origin: held.origin,
  fallback: { value: shown(setting, fallback.value), origin: fallback.origin },
  changeable: setting.startOnly !== true,
})

const shown = ({ secret }: Setting, value: unknown): ShownValue => {
  if (!secret) return { secret: false, value }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.keys(value).length
    return { secret: true, set: entries > 0, entries }
  }
  return { secret: true, set: value !== '', entries: undefined }
}
