import type { Kysely } from 'kysely'
import type { Logger } from '../../logging/logger.ts'
import type { SecretBox } from '../../security/secret-box.ts'
import type { DatabaseKind } from '../connection.ts'
import { inChunks } from '../in-chunks.ts'
import { toKeyRow } from '../keys.ts'
import type { KeyRecord } from '../records.ts'
import type { Tables } from '../tables.ts'
import { convertErrors } from './convert-errors.ts'
import { convertFiles } from './convert-files.ts'
import { convertRequests } from './convert-requests.ts'
import { markTakenOver, wasTakenOver } from './mark.ts'
import { replaceKeys } from './replace-keys.ts'
import { createScrubber } from './scrubber.ts'
import { type SortedSettings, sortSettings } from './sort-settings.ts'

export type TakeOverOptions = {
  readonly secretBox: SecretBox
  readonly logger: Logger
  readonly isSecretSetting: (name: string) => boolean
}

/**
 * Makes the step that turns the rows of a gemini-balance (Python) database into ours: keys get their own table, secrets are
 * encrypted or replaced by ids, times become UTC. All or nothing; an empty database passes through it unchanged.
 */
export const takeOver =
  (options: TakeOverOptions) =>
  async (database: Kysely<unknown>, kind: DatabaseKind): Promise<void> => {
    const tables = database.withTables<Tables>()
    // On SQLite all migrations are one transaction already; on MySQL the changes of the schema before this ended theirs.
    if (kind === 'sqlite') await convert(tables, kind, options)
    else await tables.transaction().execute(transaction => convert(transaction, kind, options))
  }

const convert = async (database: Kysely<Tables>, kind: DatabaseKind, options: TakeOverOptions) => {
  if (await wasTakenOver(database)) return
  const settings = await database.selectFrom('t_settings').select(['key as name', 'value']).execute()
  const isOriginal = settings.length > 0
  if (isOriginal) options.logger.info('Taking over the database of a gemini-balance; long logs take a while')
  const sorted = sortSettings(
    settings.map(({ name, value }) => ({ name, value: value ?? '' })),
    options.isSecretSetting,
  )
  await convertSettings(database, sorted, options.secretBox)
  const tokens = await convertFiles(database, kind, options.secretBox)
  const logged = await replaceKeys(database, kind, options.secretBox)
  await convertRequests(database, kind)
  const secrets = [...sorted.secrets, ...sorted.keys.map(key => key.secret), ...logged.values(), ...tokens]
  await convertErrors(database, kind, createScrubber(secrets))
  const keys = [...configuredKeys(sorted, options.secretBox), ...(await keysOfFiles(database, logged))]
  await saveKeys(database, keys, options.secretBox)
  await markTakenOver(database)
  if (isOriginal) options.logger.info('The database is taken over', { settings: settings.length, keys: keys.length })
}

const convertSettings = async (database: Kysely<Tables>, { removed, sealed }: SortedSettings, secretBox: SecretBox) => {
  for (const names of inChunks(removed, 200))
    await database.deleteFrom('t_settings').where('key', 'in', names).execute()
  for (const { name, value } of sealed)
    await database
      .updateTable('t_settings')
      .set({ value: secretBox.seal(value) })
      .where('key', '=', name)
      .execute()
}

/** Keys are listed in the order they were made: the configured order is kept with one millisecond from each to the next. */
const configuredKeys = ({ keys }: SortedSettings, secretBox: SecretBox): KeyRecord[] => {
  const firstAt = Date.now() - keys.length
  return keys.map((key, index) => ({
    ...key,
    keyId: secretBox.keyIdOf(key.secret),
    project: null,
    note: '',
    enabled: true,
    deleted: false,
    createdAt: firstAt + index,
  }))
}

/** Only the key that uploaded a file can use it, so that key has to stay known, even if it serves nothing else. */
const keysOfFiles = async (database: Kysely<Tables>, secrets: ReadonlyMap<string, string>): Promise<KeyRecord[]> => {
  const rows = await database.selectFrom('t_file_records').select('api_key').distinct().execute()
  return rows.flatMap(({ api_key: keyId }) => {
    const secret = keyId === null ? undefined : secrets.get(keyId)
    return keyId === null || secret === undefined ? [] : [fileKey(keyId, secret)]
  })
}

const fileKey = (keyId: string, secret: string): KeyRecord => ({
  keyId,
  secret,
  kind: 'gemini',
  project: null,
  priority: 0,
  tags: [],
  note: 'Kept for the files that were uploaded with it',
  enabled: false,
  deleted: false,
  createdAt: Date.now(),
})

/** Of two records with one id the first stays: a configured key is not disabled because files were uploaded with it. */
const saveKeys = async (database: Kysely<Tables>, keys: readonly KeyRecord[], secretBox: SecretBox) => {
  const unique = new Map(keys.toReversed().map(key => [key.keyId, key]))
  for (const chunk of inChunks([...unique.values()], 200))
    await database
      .insertInto('t_keys')
      .values(chunk.map(key => toKeyRow(key, secretBox)))
      .execute()
}
