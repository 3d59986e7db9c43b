import type { ErrorRecord, KeyRecord, RequestRecord } from '#src/storage/records.ts'

/** 2026-11-23 12:34:56.789 UTC. */
export const someTime = Date.UTC(2026, 10, 23, 12, 34, 56, 789)

export const requestRecord = (parts: Partial<RequestRecord> = {}): RequestRecord => ({
  requestId: 'request-1',
  startedAt: someTime,
  protocol: 'gemini',
  method: 'generateContent',
  model: 'gemini-2.5-flash-search',
  stream: true,
  token: '0123456789ab',
  keyId: 'a'.repeat(32),
  outcome: 'finished',
  statusCode: 200,
  errorCode: null,
  failedStage: null,
  attempts: 2,
  latencyMs: 1234,
  firstByteMs: 321,
  promptTokens: 11,
  outputTokens: 22,
  thoughtTokens: 33,
  cachedTokens: 44,
  trace: '{"chosen":"round-robin"}',
  ...parts,
})

export const errorRecord = (parts: Partial<ErrorRecord> = {}): ErrorRecord => ({
  requestId: 'request-1',
  occurredAt: someTime,
  keyId: 'a'.repeat(32),
  model: 'gemini-2.5-flash',
  kind: 'quota-per-day',
  statusCode: 429,
  text: 'You exceeded your current quota 🙁',
  requestBody: '{"contents":[]}',
  ...parts,
})

export const keyRecord = (parts: Partial<KeyRecord> = {}): KeyRecord => ({
  keyId: 'a'.repeat(32),
  secret: 'planted-upstream-key-0001',
  kind: 'gemini',
  project: 'projects/123',
  priority: 1,
  tags: ['paid', 'früh'],
  note: 'bought in May',
  enabled: true,
  deleted: false,
  createdAt: someTime,
  ...parts,
})
