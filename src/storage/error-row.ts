import type { Selectable } from 'kysely'
import { fitText, fitTextOrNull } from './fit-text.ts'
import { toLocalTime } from './local-time.ts'
import type { ErrorRecord } from './records.ts'
import type { Tables } from './tables.ts'
import { wholeNumber } from './whole-number.ts'

/** An error record whose every value fits its column. */
export const fitError = (record: ErrorRecord): ErrorRecord => ({
  requestId: fitText(record.requestId, 64),
  occurredAt: Math.round(record.occurredAt),
  keyId: fitTextOrNull(record.keyId, 32),
  model: fitText(record.model, 100),
  kind: fitText(record.kind, 50),
  statusCode: wholeNumber(record.statusCode),
  text: fitText(record.text, 8_000),
  requestBody: fitTextOrNull(record.requestBody, 256_000),
})

export const toErrorRow = (record: ErrorRecord) => ({
  request_time: toLocalTime(record.occurredAt),
  gemini_key: record.keyId,
  model_name: record.model,
  error_type: record.kind,
  error_log: record.text,
  error_code: record.statusCode,
  request_msg: record.requestBody,
  request_id: record.requestId,
  occurred_at: record.occurredAt,
})

export const toErrorRecord = (row: Omit<Selectable<Tables['t_error_logs']>, 'id' | 'request_time'>): ErrorRecord => ({
  requestId: row.request_id,
  occurredAt: row.occurred_at,
  keyId: row.gemini_key,
  model: row.model_name ?? '',
  kind: row.error_type ?? '',
  statusCode: row.error_code ?? 0,
  text: row.error_log ?? '',
  requestBody: row.request_msg,
})
