import type { SecretBox } from '../security/secret-box.ts'
import { incoming, orUpdate } from './or-update.ts'
import type { OpenDatabase } from './tables.ts'

const name = 'encryption-check'

/**
 * Makes sure that this database and this key belong together, before anything is served: with another key every id and
 * every fingerprint would change too, and nothing would match what is stored.
 * @throws SecretBoxError when the database was encrypted with another key
 */
export const checkSecretBox = async ({ kind, queries }: OpenDatabase, secretBox: SecretBox): Promise<void> => {
  const insert = queries.insertInto('t_installation').values({ name, value: secretBox.seal(name) })
  // Of two processes that start together on an empty database the first one's row stays.
  await orUpdate(insert, kind, ['name'], { name: incoming(kind, 'name') }).execute()
  const row = await queries
    .selectFrom('t_installation')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  secretBox.open(row.value)
}
