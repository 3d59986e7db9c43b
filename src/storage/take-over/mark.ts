import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

const name = 'take-over'

/** Whether the rows were converted before: a second time would make ids of ids. */
export const wasTakenOver = async (database: Kysely<Tables>): Promise<boolean> =>
  (await stateOf(database)) !== undefined

/** To be written together with the conversion. */
export const markTakenOver = async (database: Kysely<Tables>): Promise<void> => {
  await database.insertInto('t_installation').values({ name, value: 'leftovers' }).execute()
}

/** Whether old secrets may still stand in the unused parts of a SQLite file. */
export const hasLeftovers = async (database: Kysely<Tables>): Promise<boolean> =>
  (await stateOf(database)) === 'leftovers'

export const markErased = async (database: Kysely<Tables>): Promise<void> => {
  await database.updateTable('t_installation').set({ value: 'done' }).where('name', '=', name).execute()
}

const stateOf = async (database: Kysely<Tables>) => {
  const row = await database.selectFrom('t_installation').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}
