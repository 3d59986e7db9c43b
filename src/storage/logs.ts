import { sql } from 'kysely'
import { deleteBefore } from './delete-before.ts'
import { toErrorRecord } from './error-row.ts'
import type { ErrorRecord, Outcome, RequestRecord } from './records.ts'
import { toRequestRecord } from './request-row.ts'
import type { OpenDatabase } from './tables.ts'

/** A record with the id of its row, which is also the cursor of pages. Higher is newer. */
export type Logged<Entry> = Entry & { readonly id: number }

export type LogPage<Entry> = {
  /** Newest first. */
  readonly rows: readonly Logged<Entry>[]
  /** `before` of the next page; null on the last one. */
  readonly next: number | null
}

/** What both logs can be searched for. Every condition given must hold. */
export type LogSearch = {
  /** Rows per page. */
  readonly limit: number
  /** Only rows older than the row with this id. */
  readonly before?: number
  /** Milliseconds since 1970 UTC, itself included. */
  readonly from?: number
  /** Milliseconds since 1970 UTC, itself excluded. */
  readonly until?: number
  readonly keyId?: string
  readonly model?: string
  readonly requestId?: string
  readonly statusCode?: number
}

export type RequestSearch = LogSearch & { readonly token?: string; readonly outcome?: Outcome }

export type ErrorSearch = LogSearch & {
  readonly kind?: string
  /** A part of the error's text, in any case. */
  readonly text?: string
}

/** An error as lists show it; request bodies are long. */
export type ErrorSummary = Omit<ErrorRecord, 'requestBody'>

export type LogStore = {
  readonly findRequests: (search: RequestSearch) => Promise<LogPage<RequestRecord>>
  readonly findErrors: (search: ErrorSearch) => Promise<LogPage<ErrorSummary>>
  readonly findError: (id: number) => Promise<Logged<ErrorRecord> | undefined>
  /** Deletes what began before a time (milliseconds since 1970 UTC) in small steps; answers how many rows it were. */
  readonly deleteRequestsBefore: (time: number) => Promise<number>
  readonly deleteErrorsBefore: (time: number) => Promise<number>
  readonly deleteErrors: (ids: readonly number[]) => Promise<number>
}

export const createLogStore = (database: OpenDatabase): LogStore => ({
  findRequests: async search => {
    let query = database.queries
      .selectFrom('t_request_log')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(search.limit + 1)
    if (search.before !== undefined) query = query.where('id', '<', search.before)
    if (search.from !== undefined) query = query.where('started_at', '>=', search.from)
    if (search.until !== undefined) query = query.where('started_at', '<', search.until)
    if (search.keyId !== undefined) query = query.where('api_key', '=', search.keyId)
    if (search.model !== undefined) query = query.where('model_name', '=', search.model)
    if (search.requestId !== undefined) query = query.where('request_id', '=', search.requestId)
    if (search.statusCode !== undefined) query = query.where('status_code', '=', search.statusCode)
    if (search.token !== undefined) query = query.where('token', '=', search.token)
    if (search.outcome !== undefined) query = query.where('outcome', '=', search.outcome)
    const rows = await query.execute()
    return toPage(rows, search.limit, row => ({ id: row.id, ...toRequestRecord(row) }))
  },
  findErrors: async search => {
    let query = database.queries.selectFrom('t_error_logs').select(summaryColumns).orderBy('id', 'desc')
    if (search.before !== undefined) query = query.where('id', '<', search.before)
    if (search.from !== undefined) query = query.where('occurred_at', '>=', search.from)
    if (search.until !== undefined) query = query.where('occurred_at', '<', search.until)
    if (search.keyId !== undefined) query = query.where('gemini_key', '=', search.keyId)
    if (search.model !== undefined) query = query.where('model_name', '=', search.model)
    if (search.requestId !== undefined) query = query.where('request_id', '=', search.requestId)
    if (search.statusCode !== undefined) query = query.where('error_code', '=', search.statusCode)
    if (search.kind !== undefined) query = query.where('error_type', '=', search.kind)
    // LIKE differs between the databases in its escape character and in upper and lower case.
    if (search.text !== undefined) query = query.where(sql<boolean>`instr(lower(error_log), lower(${search.text})) > 0`)
    const rows = await query.limit(search.limit + 1).execute()
    return toPage(rows, search.limit, ({ id, ...row }) => {
      const { requestBody: _, ...summary } = toErrorRecord({ ...row, request_msg: null })
      return { id, ...summary }
    })
  },
  findError: async id => {
    const row = await database.queries
      .selectFrom('t_error_logs')
      .select([...summaryColumns, 'request_msg'])
      .where('id', '=', id)
      .executeTakeFirst()
    return row && { id, ...toErrorRecord(row) }
  },
  deleteRequestsBefore: time => deleteBefore(database, 't_request_log', 'started_at', time),
  deleteErrorsBefore: time => deleteBefore(database, 't_error_logs', 'occurred_at', time),
  deleteErrors: async ids => {
    if (ids.length === 0) return 0
    const result = await database.queries.deleteFrom('t_error_logs').where('id', 'in', ids).executeTakeFirst()
    return Number(result.numDeletedRows)
  },
})

const summaryColumns = [
  'id',
  'gemini_key',
  'model_name',
  'error_type',
  'error_log',
  'error_code',
  'request_id',
  'occurred_at',
] as const

const toPage = <Row extends { readonly id: number }, Entry>(
  rows: readonly Row[],
  limit: number,
  convert: (row: Row) => Logged<Entry>,
): LogPage<Entry> => {
  const shown = rows.slice(0, limit)
  return { rows: shown.map(convert), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}
