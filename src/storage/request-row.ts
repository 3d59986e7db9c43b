import type { Selectable } from 'kysely'
import { fitText, fitTextOrNull } from './fit-text.ts'
import { toLocalTime } from './local-time.ts'
import type { Outcome, RequestRecord } from './records.ts'
import type { Tables } from './tables.ts'
import { wholeNumber, wholeNumberOrNull } from './whole-number.ts'

/** A request record whose every value fits its column. */
export const fitRequest = (record: RequestRecord): RequestRecord => ({
  ...record,
  requestId: fitText(record.requestId, 64),
  protocol: fitText(record.protocol, 20),
  method: fitText(record.method, 64),
  model: fitText(record.model, 100),
  token: fitTextOrNull(record.token, 64),
  keyId: fitTextOrNull(record.keyId, 32),
  errorCode: fitTextOrNull(record.errorCode, 64),
  failedStage: fitTextOrNull(record.failedStage, 64),
  trace: fitTextOrNull(record.trace, 16_000),
  startedAt: Math.round(record.startedAt),
  statusCode: wholeNumber(record.statusCode),
  attempts: wholeNumber(record.attempts),
  latencyMs: wholeNumber(record.latencyMs),
  firstByteMs: wholeNumberOrNull(record.firstByteMs),
  promptTokens: wholeNumberOrNull(record.promptTokens),
  outputTokens: wholeNumberOrNull(record.outputTokens),
  thoughtTokens: wholeNumberOrNull(record.thoughtTokens),
  cachedTokens: wholeNumberOrNull(record.cachedTokens),
})

export const toRequestRow = (record: RequestRecord) => ({
  request_time: toLocalTime(record.startedAt),
  model_name: record.model,
  api_key: record.keyId,
  is_success: Number(record.outcome === 'finished'),
  status_code: record.statusCode,
  latency_ms: record.latencyMs,
  request_id: record.requestId,
  started_at: record.startedAt,
  protocol: record.protocol,
  method: record.method,
  stream: Number(record.stream),
  token: record.token,
  outcome: record.outcome as string,
  error_code: record.errorCode,
  failed_stage: record.failedStage,
  attempts: record.attempts,
  first_byte_ms: record.firstByteMs,
  prompt_tokens: record.promptTokens,
  output_tokens: record.outputTokens,
  thought_tokens: record.thoughtTokens,
  cached_tokens: record.cachedTokens,
  trace: record.trace,
})

/** Rows of the original know less: what they lack is empty, 0 or null. */
export const toRequestRecord = (row: Selectable<Tables['t_request_log']>): RequestRecord => ({
  requestId: row.request_id,
  startedAt: row.started_at,
  protocol: row.protocol,
  method: row.method,
  model: row.model_name ?? '',
  stream: row.stream === 1,
  token: row.token,
  keyId: row.api_key,
  outcome: row.outcome as Outcome,
  statusCode: row.status_code ?? 0,
  errorCode: row.error_code,
  failedStage: row.failed_stage,
  attempts: row.attempts,
  latencyMs: row.latency_ms ?? 0,
  firstByteMs: row.first_byte_ms,
  promptTokens: row.prompt_tokens,
  outputTokens: row.output_tokens,
  thoughtTokens: row.thought_tokens,
  cachedTokens: row.cached_tokens,
  trace: row.trace,
})
