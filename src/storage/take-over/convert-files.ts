import type { Kysely } from 'kysely'
import { fingerprintOf } from '../../security/secret.ts'
import type { SecretBox } from '../../security/secret-box.ts'
import type { DatabaseKind } from '../connection.ts'
import type { Tables } from '../tables.ts'
import { convertTimes } from './convert-times.ts'

/** Fills in the times and replaces client tokens by their fingerprints; answers the tokens that were there. */
export const convertFiles = async (
  database: Kysely<Tables>,
  kind: DatabaseKind,
  secretBox: SecretBox,
): Promise<readonly string[]> => {
  await convertTimes(database, kind, 't_file_records', { local: 'create_time', utc: 'created_at' })
  await convertTimes(database, kind, 't_file_records', { local: 'update_time', utc: 'updated_at' })
  await convertTimes(database, kind, 't_file_records', { local: 'expiration_time', utc: 'expires_at' })
  const rows = await database.selectFrom('t_file_records').select('user_token').distinct().execute()
  const tokens = rows.flatMap(({ user_token }) => user_token || [])
  for (const token of tokens)
    await database
      .updateTable('t_file_records')
      .set({ user_token: fingerprintOf(token, secretBox.hmacKey) })
      .where('user_token', '=', token)
      .execute()
  return tokens
}
