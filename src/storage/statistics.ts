import type { RequestRecord } from './records.ts'
import type { OpenDatabase } from './tables.ts'

export type Granularity = 'minute' | 'hour' | 'day'

/** What was counted in one period (UTC) for one model, key and token. An empty name means: not known. */
export type StatisticsCounter = {
  readonly granularity: Granularity
  /** Milliseconds since 1970 UTC. */
  readonly periodStart: number
  readonly model: string
  readonly keyId: string
  readonly token: string
} & Counts

export type Counts = {
  readonly requests: number
  /** Requests whose outcome is `failed`; a client that left is no failure. */
  readonly failures: number
  readonly promptTokens: number
  readonly outputTokens: number
  readonly thoughtTokens: number
  readonly cachedTokens: number
  /** Sum over all requests, milliseconds. */
  readonly latencyMs: number
}

export type StatisticsSearch = {
  readonly granularity: Granularity
  /** Milliseconds since 1970 UTC, itself included. */
  readonly from: number
  /** Milliseconds since 1970 UTC, itself excluded. */
  readonly until: number
  readonly model?: string
  readonly keyId?: string
  readonly token?: string
  /** Names to keep apart; counters that differ only in the others are added up. The period always is. */
  readonly by: readonly ('model' | 'keyId' | 'token')[]
}

export type StatisticsStore = {
  /** Sums, oldest period first; names that were not asked for in `by` are empty. */
  readonly findStatistics: (search: StatisticsSearch) => Promise<StatisticsCounter[]>
  /** Deletes one granularity's periods that began before a time; answers how many rows it were. */
  readonly deleteStatisticsBefore: (granularity: Granularity, time: number) => Promise<number>
}

export const granularities: Readonly<Record<Granularity, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/** What one request adds. */
export const countsOf = (record: RequestRecord): Counts => ({
  requests: 1,
  failures: Number(record.outcome === 'failed'),
  promptTokens: record.promptTokens ?? 0,
  outputTokens: record.outputTokens ?? 0,
  thoughtTokens: record.thoughtTokens ?? 0,
  cachedTokens: record.cachedTokens ?? 0,
  latencyMs: record.latencyMs,
})

export const createStatisticsStore = (database: OpenDatabase): StatisticsStore => ({
  findStatistics: async search => {
    const names = search.by.map(name => columns[name])
    let query = database.queries
      .selectFrom('t_statistics')
      .select(['period_start', ...names])
      .select(eb => sumColumns.map(column => eb.fn.sum<number>(column).as(column)))
      .where('granularity', '=', search.granularity)
      .where('period_start', '>=', search.from)
      .where('period_start', '<', search.until)
      .groupBy(['period_start', ...names])
      .orderBy('period_start')
    if (search.model !== undefined) query = query.where('model', '=', search.model)
    if (search.keyId !== undefined) query = query.where('key_id', '=', search.keyId)
    if (search.token !== undefined) query = query.where('token', '=', search.token)
    const rows = await query.execute()
    return rows.map(row => ({
      granularity: search.granularity,
      periodStart: row.period_start,
      model: row.model ?? '',
      keyId: row.key_id ?? '',
      token: row.token ?? '',
      requests: row.requests,
      failures: row.failures,
      promptTokens: row.prompt_tokens,
      outputTokens: row.output_tokens,
      thoughtTokens: row.thought_tokens,
      cachedTokens: row.cached_tokens,
      latencyMs: row.latency_ms,
    }))
  },
  deleteStatisticsBefore: async (granularity, time) => {
    const result = await database.queries
      .deleteFrom('t_statistics')
      .where('granularity', '=', granularity)
      .where('period_start', '<', time)
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  },
})

const columns = { model: 'model', keyId: 'key_id', token: 'token' } as const

/** Columns that are added up, here and when a counter meets a row that is there already. */
export const sumColumns = [
  'requests',
  'failures',
  'prompt_tokens',
  'output_tokens',
  'thought_tokens',
  'cached_tokens',
  'latency_ms',
] as const
