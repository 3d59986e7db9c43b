import type { Kysely } from 'kysely'
import type { DatabaseKind } from '../connection.ts'
import { createOrExtendTable, type Table } from './schema-writer.ts'

/** Makes our tables; the four of the original are extended where they are there already. */
export const createTables = async (database: Kysely<unknown>, kind: DatabaseKind): Promise<void> => {
  for (const [name, table] of Object.entries(tables)) await createOrExtendTable(database, kind, name, table)
}

const tables: Readonly<Record<string, Table>> = {
  t_settings: {
    columns: {
      id: { type: 'id' },
      key: { type: 'varchar(100)' },
      value: { type: 'text', optional: true },
      description: { type: 'varchar(255)', optional: true },
      created_at: { type: 'time', optional: true },
      updated_at: { type: 'time', optional: true },
    },
    unique: ['key'],
  },
  t_request_log: {
    columns: {
      id: { type: 'id' },
      request_time: { type: 'time', optional: true },
      model_name: { type: 'varchar(100)', optional: true },
      api_key: { type: 'varchar(100)', optional: true },
      is_success: { type: 'flag' },
      status_code: { type: 'integer', optional: true },
      latency_ms: { type: 'integer', optional: true },
      request_id: { type: 'varchar(64)', default: '' },
      started_at: { type: 'bigint', default: 0 },
      protocol: { type: 'varchar(20)', default: '' },
      method: { type: 'varchar(64)', default: '' },
      stream: { type: 'flag', default: 0 },
      token: { type: 'varchar(64)', optional: true },
      outcome: { type: 'varchar(20)', default: '' },
      error_code: { type: 'varchar(64)', optional: true },
      failed_stage: { type: 'varchar(64)', optional: true },
      attempts: { type: 'integer', default: 1 },
      first_byte_ms: { type: 'integer', optional: true },
      prompt_tokens: { type: 'bigint', optional: true },
      output_tokens: { type: 'bigint', optional: true },
      thought_tokens: { type: 'bigint', optional: true },
      cached_tokens: { type: 'bigint', optional: true },
      trace: { type: 'text', optional: true },
    },
    indexes: {
      i_request_log_started_at: ['started_at'],
      i_request_log_request_id: ['request_id'],
      i_request_log_api_key: ['api_key'],
      i_request_log_token: ['token'],
    },
  },
  t_error_logs: {
    columns: {
      id: { type: 'id' },
      gemini_key: { type: 'varchar(100)', optional: true },
      model_name: { type: 'varchar(100)', optional: true },
      error_type: { type: 'varchar(50)', optional: true },
      error_log: { type: 'text', optional: true },
      error_code: { type: 'integer', optional: true },
      request_msg: { type: 'text', optional: true },
      request_time: { type: 'time', optional: true },
      request_id: { type: 'varchar(64)', default: '' },
      occurred_at: { type: 'bigint', default: 0 },
    },
    indexes: {
      i_error_logs_occurred_at: ['occurred_at'],
      i_error_logs_request_id: ['request_id'],
      i_error_logs_gemini_key: ['gemini_key'],
    },
  },
  t_file_records: {
    columns: {
      id: { type: 'id' },
      name: { type: 'varchar(255)' },
      display_name: { type: 'varchar(255)', optional: true },
      mime_type: { type: 'varchar(100)', optional: true },
      size_bytes: { type: 'bigint', optional: true },
      sha256_hash: { type: 'varchar(255)', optional: true },
      state: { type: 'varchar(20)', optional: true },
      create_time: { type: 'time', optional: true },
      update_time: { type: 'time', optional: true },
      expiration_time: { type: 'time', optional: true },
      uri: { type: 'varchar(500)', optional: true },
      api_key: { type: 'varchar(100)', optional: true },
      upload_url: { type: 'text', optional: true },
      user_token: { type: 'varchar(100)', optional: true },
      upload_completed: { type: 'time', optional: true },
      created_at: { type: 'bigint', default: 0 },
      updated_at: { type: 'bigint', default: 0 },
      expires_at: { type: 'bigint', default: 0 },
    },
    unique: ['name'],
    indexes: { i_file_records_expires_at: ['expires_at'] },
  },
  t_keys: {
    columns: {
      key_id: { type: 'varchar(32)' },
      secret: { type: 'text' },
      kind: { type: 'varchar(20)' },
      project: { type: 'varchar(255)', optional: true },
      priority: { type: 'integer', default: 0 },
      tags: { type: 'text' },
      note: { type: 'text' },
      enabled: { type: 'flag', default: 1 },
      deleted: { type: 'flag', default: 0 },
      created_at: { type: 'bigint' },
    },
    primaryKey: ['key_id'],
  },
  t_key_states: {
    columns: {
      key_id: { type: 'varchar(32)' },
      state: { type: 'text' },
      updated_at: { type: 'bigint' },
    },
    primaryKey: ['key_id'],
  },
  t_statistics: {
    columns: {
      granularity: { type: 'varchar(6)' },
      period_start: { type: 'bigint' },
      model: { type: 'varchar(100)' },
      key_id: { type: 'varchar(32)' },
      token: { type: 'varchar(64)' },
      requests: { type: 'bigint', default: 0 },
      failures: { type: 'bigint', default: 0 },
      prompt_tokens: { type: 'bigint', default: 0 },
      output_tokens: { type: 'bigint', default: 0 },
      thought_tokens: { type: 'bigint', default: 0 },
      cached_tokens: { type: 'bigint', default: 0 },
      latency_ms: { type: 'bigint', default: 0 },
    },
    primaryKey: ['granularity', 'period_start', 'model', 'key_id', 'token'],
  },
  t_writers: {
    columns: { writer: { type: 'varchar(36)' }, last_batch: { type: 'bigint' }, updated_at: { type: 'bigint' } },
    primaryKey: ['writer'],
  },
  t_installation: {
    columns: { name: { type: 'varchar(100)' }, value: { type: 'text' } },
    primaryKey: ['name'],
  },
}
