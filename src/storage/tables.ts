import type { Generated, Kysely } from 'kysely'
import type { DatabaseKind } from './connection.ts'

/**
 * The database as queries see it. Times are milliseconds since 1970 UTC in BIGINT columns, booleans are 0 or 1, because
 * that is what both databases give back alike.
 */
export type Tables = {
  readonly t_settings: SettingsTable
  readonly t_keys: KeysTable
  readonly t_key_states: KeyStatesTable
  readonly t_request_log: RequestLogTable
  readonly t_error_logs: ErrorLogsTable
  readonly t_file_records: FileRecordsTable
  readonly t_statistics: StatisticsTable
  readonly t_writers: WritersTable
  readonly t_installation: InstallationTable
}

/** A database that is open, and which kind it is where the two need different words. */
export type OpenDatabase = {
  readonly kind: DatabaseKind
  readonly queries: Kysely<Tables>
  /** Inserts one row within the open transaction, at once. Only where the database is in this process. */
  readonly insertRow?: (
    table: keyof Tables,
    row: Readonly<Record<string, string | number | null>>,
    /** Column of the primary key: a row that is there already is replaced. The same for every row of a table. */
    key?: string,
  ) => void
}

type SettingsTable = {
  readonly id: Generated<number>
  readonly key: string
  readonly value: string | null
  readonly description: string | null
  readonly created_at: string | null
  readonly updated_at: string | null
}

type KeysTable = {
  readonly key_id: string
  /** Sealed; empty for a tombstone. */
  readonly secret: string
  readonly kind: string
  readonly project: string | null
  readonly priority: number
  /** JSON array of strings. */
  readonly tags: string
  readonly note: string
  readonly enabled: number
  readonly deleted: number
  readonly created_at: number
}

type KeyStatesTable = {
  readonly key_id: string
  readonly state: string
  readonly updated_at: number
}

type RequestLogTable = {
  readonly id: Generated<number>
  /** Naive local time, as the original wrote it; for people's own queries only. */
  readonly request_time: string | null
  readonly model_name: string | null
  /** The key's id, never the key. */
  readonly api_key: string | null
  readonly is_success: number
  readonly status_code: number | null
  readonly latency_ms: number | null
  readonly request_id: string
  readonly started_at: number
  readonly protocol: string
  readonly method: string
  readonly stream: number
  readonly token: string | null
  readonly outcome: string
  readonly error_code: string | null
  readonly failed_stage: string | null
  readonly attempts: number
  readonly first_byte_ms: number | null
  readonly prompt_tokens: number | null
  readonly output_tokens: number | null
  readonly thought_tokens: number | null
  readonly cached_tokens: number | null
  readonly trace: string | null
}

type ErrorLogsTable = {
  readonly id: Generated<number>
  /** The key's id, never the key. */
  readonly gemini_key: string | null
  readonly model_name: string | null
  readonly error_type: string | null
  readonly error_log: string | null
  readonly error_code: number | null
  readonly request_msg: string | null
  /** Naive local time, as the original wrote it; for people's own queries only. */
  readonly request_time: string | null
  readonly request_id: string
  readonly occurred_at: number
}

type FileRecordsTable = {
  readonly id: Generated<number>
  readonly name: string
  readonly display_name: string | null
  readonly mime_type: string | null
  readonly size_bytes: number | null
  readonly sha256_hash: string | null
  readonly state: string | null
  readonly create_time: string | null
  readonly update_time: string | null
  readonly expiration_time: string | null
  readonly uri: string | null
  /** The key's id, never the key. */
  readonly api_key: string | null
  /** Fingerprint of the client token, never the token. */
  readonly user_token: string | null
  readonly created_at: number
  readonly updated_at: number
  readonly expires_at: number
}

type StatisticsTable = {
  readonly granularity: string
  readonly period_start: number
  readonly model: string
  readonly key_id: string
  readonly token: string
  readonly requests: number
  readonly failures: number
  readonly prompt_tokens: number
  readonly output_tokens: number
  readonly thought_tokens: number
  readonly cached_tokens: number
  readonly latency_ms: number
}

/** The last batch each process has written: what makes writing a batch again harmless. */
type WritersTable = {
  readonly writer: string
  readonly last_batch: number
  readonly updated_at: number
}

type InstallationTable = {
  readonly name: string
  readonly value: string
}
