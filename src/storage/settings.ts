import type { Logger } from '../logging/logger.ts'
import type { SecretBox } from '../security/secret-box.ts'
import { toLocalTime } from './local-time.ts'
import { incoming, orUpdate } from './or-update.ts'
import type { OpenDatabase } from './tables.ts'

export type SettingsStore = {
  /** The values a person changed, as text, by the setting's name. A value that cannot be decrypted is left out and logged. */
  readonly loadSettings: () => Promise<Map<string, string>>
  /** Stores all changes or none. `null` removes the row, so that the setting falls back to its other sources. */
  readonly saveSettings: (changes: ReadonlyMap<string, string | null>) => Promise<void>
}

export type SettingsStoreOptions = {
  readonly secretBox: SecretBox
  readonly logger: Logger
  readonly isSecretSetting: (name: string) => boolean
}

export const createSettingsStore = (database: OpenDatabase, options: SettingsStoreOptions): SettingsStore => ({
  loadSettings: async () => {
    const rows = await database.queries.selectFrom('t_settings').select(['key', 'value']).orderBy('key').execute()
    const opened = rows.map(row => [row.key, openValue(options, row.key, row.value ?? '')] as const)
    return new Map(opened.filter(isReadable))
  },
  saveSettings: async changes => {
    const removed = [...changes].filter(([, value]) => value === null).map(([name]) => name)
    const saved = [...changes].flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
    await database.queries.transaction().execute(async transaction => {
      if (removed.length > 0) await transaction.deleteFrom('t_settings').where('key', 'in', removed).execute()
      if (saved.length === 0) return
      const rows = saved.map(({ name, value }) => settingRow(options, name, value))
      const insert = transaction.insertInto('t_settings').values(rows)
      const changed = { value: incoming(database.kind, 'value'), updated_at: incoming(database.kind, 'updated_at') }
      await orUpdate(insert, database.kind, ['key'], changed).execute()
    })
  },
})

const settingRow = ({ secretBox, isSecretSetting }: SettingsStoreOptions, name: string, value: string) => {
  const now = toLocalTime(Date.now())
  const stored = isSecretSetting(name) ? secretBox.seal(value) : value
  return { key: name, value: stored, description: null, created_at: now, updated_at: now }
}

const openValue = ({ secretBox, logger }: SettingsStoreOptions, name: string, value: string) => {
  if (!secretBox.isSealed(value)) return value
  try {
    return secretBox.open(value)
  } catch (error) {
    logger.warn('A setting in the database cannot be decrypted and is ignored', { setting: name, error })
    return undefined
  }
}

const isReadable = (entry: readonly [string, string | undefined]): entry is [string, string] => entry[1] !== undefined
