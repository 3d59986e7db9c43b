import type { Logger } from '../logging/logger.ts'
import type { SecretBox } from '../security/secret-box.ts'
import { inChunks } from './in-chunks.ts'
import { incoming, orUpdate } from './or-update.ts'
import type { KeyKind, KeyRecord, KeyStateRecord } from './records.ts'
import type { OpenDatabase } from './tables.ts'

export type KeyStore = {
  /**
   * All keys in the order they were made, tombstones included (their secret is empty). A key whose row is damaged is left
   * out and logged; that the whole database was encrypted with another key is found out when it is opened.
   */
  readonly loadKeys: () => Promise<KeyRecord[]>
  /** Adds keys, or replaces those with the same id. All or none. */
  readonly saveKeys: (records: readonly KeyRecord[]) => Promise<void>
  /** Leaves a tombstone without the secret, also for a key that was never stored (it may come from the environment). */
  readonly deleteKeys: (keyIds: readonly string[]) => Promise<void>
  /** What the pool remembered; written by `WriteBehind`. */
  readonly loadKeyStates: () => Promise<KeyStateRecord[]>
}

export const createKeyStore = (database: OpenDatabase, secretBox: SecretBox, logger: Logger): KeyStore => ({
  loadKeys: async () => {
    const rows = await database.queries
      .selectFrom('t_keys')
      .selectAll()
      .orderBy('created_at')
      .orderBy('key_id')
      .execute()
    return rows.flatMap(row => toKeyRecord(row, secretBox, logger))
  },
  saveKeys: async records => saveRows(database, records, record => toKeyRow(record, secretBox), allColumns),
  deleteKeys: async keyIds => {
    await saveRows(database, keyIds, tombstone, ['secret', 'enabled', 'deleted'])
    for (const chunk of inChunks(keyIds, rowsPerStatement)) {
      await database.queries.deleteFrom('t_key_states').where('key_id', 'in', chunk).execute()
      await otherTurn()
    }
  },
  loadKeyStates: async () => {
    const rows = await database.queries.selectFrom('t_key_states').selectAll().execute()
    return rows.map(row => ({ keyId: row.key_id, state: row.state, updatedAt: row.updated_at }))
  },
})

const rowsPerStatement = 200
const allColumns = ['secret', 'kind', 'project', 'priority', 'tags', 'note', 'enabled', 'deleted'] as const

type KeyRow = ReturnType<typeof toKeyRow>

const saveRows = async <Value>(
  database: OpenDatabase,
  values: readonly Value[],
  toRow: (value: Value) => KeyRow,
  changed: readonly (keyof KeyRow)[],
) => {
  const changes = Object.fromEntries(changed.map(column => [column, incoming(database.kind, column)]))
  // Encrypting comes first: while the transaction is open, SQLite has nobody else served.
  const chunks: KeyRow[][] = []
  for (const chunk of inChunks(values, rowsPerStatement)) {
    chunks.push(chunk.map(toRow))
    await otherTurn()
  }
  await database.queries.transaction().execute(async transaction => {
    for (const chunk of chunks) {
      const insert = transaction.insertInto('t_keys').values(chunk)
      await orUpdate(insert, database.kind, ['key_id'], changes).execute()
      await otherTurn()
    }
  })
}

/** SQLite works in this thread: a hundred thousand keys in one go would hold up every request for seconds. */
const otherTurn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Exported for the take-over, which writes the same rows inside its own transaction. */
export const toKeyRow = (record: KeyRecord, secretBox: SecretBox) => ({
  key_id: record.keyId,
  secret: record.deleted || record.secret === '' ? '' : secretBox.seal(record.secret),
  kind: record.kind as string,
  project: record.project,
  priority: record.priority,
  tags: JSON.stringify(record.tags),
  note: record.note,
  enabled: Number(record.enabled),
  deleted: Number(record.deleted),
  created_at: record.createdAt,
})

const tombstone = (keyId: string): KeyRow => ({
  key_id: keyId,
  secret: '',
  kind: 'gemini',
  project: null,
  priority: 0,
  tags: '[]',
  note: '',
  enabled: 0,
  deleted: 1,
  created_at: Date.now(),
})

const toKeyRecord = (row: KeyRow, secretBox: SecretBox, logger: Logger): KeyRecord[] => {
  try {
    const record: KeyRecord = {
      keyId: row.key_id,
      secret: row.secret === '' ? '' : secretBox.open(row.secret),
      kind: row.kind as KeyKind,
      project: row.project,
      priority: row.priority,
      tags: JSON.parse(row.tags) as string[],
      note: row.note,
      enabled: row.enabled === 1,
      deleted: row.deleted === 1,
      createdAt: row.created_at,
    }
    return [record]
  } catch (error) {
    logger.warn('A key in the database cannot be read and is left out', { keyId: row.key_id, error })
    return []
  }
}
