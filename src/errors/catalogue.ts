/** What the gateway can say no with. `status` is HTTP; `google` is the canonical status of google.rpc.Code. */
export const catalogue = {
  unauthenticated: { status: 401, google: 'UNAUTHENTICATED' },
  'invalid-request': { status: 400, google: 'INVALID_ARGUMENT' },
  'request-too-large': { status: 413, google: 'INVALID_ARGUMENT' },
  'request-timeout': { status: 408, google: 'DEADLINE_EXCEEDED' },
  'unsupported-encoding': { status: 415, google: 'INVALID_ARGUMENT' },
  'not-found': { status: 404, google: 'NOT_FOUND' },
  'model-not-found': { status: 404, google: 'NOT_FOUND' },
  'method-not-allowed': { status: 405, google: 'INVALID_ARGUMENT' },
  'keys-cooling': { status: 429, google: 'RESOURCE_EXHAUSTED' },
  'no-key': { status: 503, google: 'UNAVAILABLE' },
  'upstream-refused': { status: 503, google: 'UNAVAILABLE' },
  'upstream-crowded': { status: 429, google: 'RESOURCE_EXHAUSTED' },
  'upstream-failing': { status: 503, google: 'UNAVAILABLE' },
  'upstream-unreachable': { status: 502, google: 'UNAVAILABLE' },
  'upstream-timeout': { status: 504, google: 'DEADLINE_EXCEEDED' },
  'upstream-cut': { status: 502, google: 'UNAVAILABLE' },
  'upstream-stalled': { status: 504, google: 'DEADLINE_EXCEEDED' },
  'upstream-empty': { status: 502, google: 'UNAVAILABLE' },
  'client-gone': { status: 499, google: 'CANCELLED' },
  draining: { status: 503, google: 'UNAVAILABLE' },
  internal: { status: 500, google: 'INTERNAL' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly google: string }>>

export type ErrorCode = keyof typeof catalogue
