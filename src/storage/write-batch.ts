import { type RawBuilder, sql, type Transaction } from 'kysely'
import { toErrorRow } from './error-row.ts'
import { insertInPieces, insertOneByOne } from './insert-in-pieces.ts'
import { incoming, orUpdate } from './or-update.ts'
import type { ErrorRecord, KeyStateRecord, RequestRecord } from './records.ts'
import { toRequestRow } from './request-row.ts'
import { type StatisticsCounter, sumColumns } from './statistics.ts'
import type { OpenDatabase, Tables } from './tables.ts'

/** What is written together, or not at all. */
export type WriteBatch = {
  /** Id of the process that writes. */
  readonly writer: string
  /** Counts up by one from batch to batch of one writer. */
  readonly number: number
  readonly requests: readonly RequestRecord[]
  readonly errors: readonly ErrorRecord[]
  readonly keyStates: readonly KeyStateRecord[]
  readonly counters: readonly StatisticsCounter[]
}

export type WrittenBatch = {
  /** Rows the database refused for their own sake; all others are written. */
  readonly refused: number
}

export type BatchStore = {
  /**
   * Writes a batch in one transaction. A batch that was written before is not written again, so that a caller who never
   * heard how it ended simply calls again.
   * @throws what the database threw, when it is down, full or locked; nothing is written then
   */
  readonly writeBatch: (batch: WriteBatch) => Promise<WrittenBatch>
}

export const createBatchStore = (database: OpenDatabase): BatchStore => ({
  writeBatch: batch =>
    database.queries.transaction().execute(async transaction => {
      if (await isWritten(transaction, batch)) return { refused: 0 }
      const refused =
        (await writeLogs(database, transaction, batch)) +
        (await writeKeyStates(database, transaction, batch)) +
        (await writeCounters(database, transaction, batch))
      await markWritten(database, transaction, batch)
      return { refused }
    }),
})

const isWritten = async (transaction: Transaction<Tables>, { writer, number }: WriteBatch) => {
  const row = await transaction
    .selectFrom('t_writers')
    .select('last_batch')
    .where('writer', '=', writer)
    .executeTakeFirst()
  return row !== undefined && row.last_batch >= number
}

const markWritten = async (
  { kind }: OpenDatabase,
  transaction: Transaction<Tables>,
  { writer, number }: WriteBatch,
) => {
  const insert = transaction.insertInto('t_writers').values({ writer, last_batch: number, updated_at: Date.now() })
  const changes = { last_batch: incoming(kind, 'last_batch'), updated_at: incoming(kind, 'updated_at') }
  await orUpdate(insert, kind, ['writer'], changes).execute()
}

const writeLogs = async ({ insertRow }: OpenDatabase, transaction: Transaction<Tables>, batch: WriteBatch) => {
  const requests = batch.requests.map(toRequestRow)
  const errors = batch.errors.map(toErrorRow)
  if (insertRow !== undefined) {
    const refusedRequests = await insertOneByOne(requests, row => insertRow('t_request_log', row))
    return refusedRequests + (await insertOneByOne(errors, row => insertRow('t_error_logs', row)))
  }
  const refusedRequests = await insertInPieces(requests, rows =>
    transaction.insertInto('t_request_log').values(rows).execute(),
  )
  const refusedErrors = await insertInPieces(errors, rows =>
    transaction.insertInto('t_error_logs').values(rows).execute(),
  )
  return refusedRequests + refusedErrors
}

const writeKeyStates = ({ kind, insertRow }: OpenDatabase, transaction: Transaction<Tables>, batch: WriteBatch) => {
  const rows = batch.keyStates.map(({ keyId, state, updatedAt }) => ({ key_id: keyId, state, updated_at: updatedAt }))
  if (insertRow !== undefined) return insertOneByOne(rows, row => insertRow('t_key_states', row, 'key_id'))
  const changes = { state: incoming(kind, 'state'), updated_at: incoming(kind, 'updated_at') }
  return insertInPieces(
    inOrder(rows, row => row.key_id),
    piece => orUpdate(transaction.insertInto('t_key_states').values(piece), kind, ['key_id'], changes).execute(),
  )
}

const writeCounters = ({ kind }: OpenDatabase, transaction: Transaction<Tables>, batch: WriteBatch) => {
  const rows = inOrder(batch.counters.map(toCounterRow), row => statisticsKey.map(name => row[name]).join('\n'))
  const changes = Object.fromEntries(sumColumns.map(column => [column, added(kind, column)]))
  return insertInPieces(rows, piece =>
    orUpdate(transaction.insertInto('t_statistics').values(piece), kind, statisticsKey, changes).execute(),
  )
}

const statisticsKey = ['granularity', 'period_start', 'model', 'key_id', 'token'] as const

const added = (kind: OpenDatabase['kind'], column: string): RawBuilder<unknown> =>
  sql`${sql.ref(`t_statistics.${column}`)} + ${incoming(kind, column)}`

const toCounterRow = (counter: StatisticsCounter) => ({
  granularity: counter.granularity as string,
  period_start: counter.periodStart,
  model: counter.model,
  key_id: counter.keyId,
  token: counter.token,
  requests: counter.requests,
  failures: counter.failures,
  prompt_tokens: counter.promptTokens,
  output_tokens: counter.outputTokens,
  thought_tokens: counter.thoughtTokens,
  cached_tokens: counter.cachedTokens,
  latency_ms: counter.latencyMs,
})

/** Several instances that update the same rows in different orders would lock each other out. */
const inOrder = <Row>(rows: readonly Row[], textOf: (row: Row) => string): Row[] =>
  rows
    .map(row => ({ row, text: textOf(row) }))
    .sort((left, right) => (left.text < right.text ? -1 : 1))
    .map(({ row }) => row)
