import type { BucketForecast } from '#src/keys/forecast.ts'
import type { KeyView } from '#src/keys/key-view.ts'
import type { EgressStatus } from '#src/upstream/egress.ts'
import { adminToken, type LocalGateway } from '#tests/_gateway.ts'
import { until } from '#tests/endings/_ledger.ts'
import { type Cast, type CastOptions, startCast } from '#tests/endtoend/verdicts/_cast.ts'

/** A cast that is stopped at the end of the test. */
export const castFor = async (cleanUp: AsyncDisposableStack, options: CastOptions): Promise<Cast> => {
  const cast = await startCast(options)
  cleanUp.defer(cast.gateway.stop)
  return cast
}

/** An attempt as the row of the request log has it. */
export type Traced = {
  readonly key: string | null
  readonly verdict: string
  readonly status: number | null
  /** As `SavedChoice` of `src/keys/choice.ts`. */
  readonly choice: readonly unknown[] | null
  readonly egress: string | null
}

export type TracedRow = {
  readonly status: number
  readonly outcome: string
  readonly error: string | null
  readonly attempts: number
  /** Fingerprint of the client's. */
  readonly token: string | null
  readonly text: string | null
  readonly trace: readonly Traced[]
}

/** The rows of the request log, oldest first, once everything has ended. Throws when a key was not given back. */
export const rowsOf = async ({ live, emulator, services }: LocalGateway): Promise<readonly TracedRow[]> => {
  await until(() => live.count === 0 && emulator.openRequests() === 0)
  await services.records.drain(5000)
  if (services.pool.inFlight !== 0) throw new Error(`${services.pool.inFlight} keys were taken and not given back`)
  const { rows } = await services.storage.findRequests({ limit: 1000 })
  return rows.toReversed().map(row => ({
    status: row.statusCode,
    outcome: row.outcome,
    error: row.errorCode,
    attempts: row.attempts,
    token: row.token,
    text: row.trace,
    trace: ((row.trace === null ? [] : JSON.parse(row.trace)) as unknown[][]).map(
      ([key, verdict, status, , choice, egress]) => ({ key, verdict, status, choice, egress }) as Traced,
    ),
  }))
}

const asAdmin = { authorization: `Bearer ${adminToken}` }

/** What programs are told of the keys. */
export const listedKeys = async (url: string): Promise<readonly KeyView[]> => {
  const response = await fetch(`${url}/api/keys?limit=500`, { headers: asAdmin })
  return ((await response.json()) as { readonly rows: readonly KeyView[] }).rows
}

export const changeSettings = async (url: string, changes: Readonly<Record<string, unknown>>): Promise<number> => {
  const response = await fetch(`${url}/api/settings`, {
    method: 'PATCH',
    headers: asAdmin,
    body: JSON.stringify(changes),
  })
  return response.status
}

/** Checks all keys, or these, and gives the lines of the answer. */
export const checkKeys = async (url: string, select: unknown): Promise<readonly Record<string, unknown>[]> => {
  const response = await fetch(`${url}/api/keys/check`, {
    method: 'POST',
    headers: asAdmin,
    body: JSON.stringify({ select }),
  })
  const lines = (await response.text()).trim().split('\n')
  return lines.map(line => JSON.parse(line))
}

/** The figure of one part of a `Server-Timing` header, in milliseconds. */
export const timingOf = (headers: Headers, part: string): number =>
  Number(new RegExp(`${part};dur=([\\d.]+)`).exec(headers.get('server-timing') ?? '')?.[1])

/** What programs are told of the pool as a whole. */
export type PoolAnswer = {
  readonly models: readonly BucketForecast[]
  readonly egresses: readonly EgressStatus[]
  readonly waiting: number
  readonly inFlight: number
}

export const poolAnswer = async (url: string): Promise<PoolAnswer> => {
  const response = await fetch(`${url}/api/pool`, { headers: asAdmin })
  return (await response.json()) as PoolAnswer
}
