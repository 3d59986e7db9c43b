import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import type { LocalGateway } from '#tests/_gateway.ts'

export type RequestRow = {
  readonly outcome: string
  readonly status_code: number
  readonly error_code: string | null
  readonly failed_stage: string | null
  readonly attempts: number
  readonly key_id: string | null
}

/** The request log as it stands in the file, oldest first. */
export const requestRows = (dataDirectory: string): readonly RequestRow[] => {
  const database = new Database(join(dataDirectory, 'default_db'), { readonly: true })
  try {
    return database
      .query<RequestRow, []>(
        'SELECT outcome, status_code, error_code, failed_stage, attempts, api_key AS key_id FROM t_request_log ORDER BY id',
      )
      .all()
  } finally {
    database.close()
  }
}

/** Waits for what must come about by itself. The test's own time limit is the only one. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await Bun.sleep(5)
}

export type Ledger = {
  /** Without the key's id, which a test of these has no use for. */
  readonly rows: readonly Omit<RequestRow, 'key_id'>[]
  /** How the attempts of each request were judged. */
  readonly verdicts: readonly (readonly string[])[]
  /** Leases that are out. */
  readonly inFlight: number
  readonly openUpstream: number
}

/** What is left when everything has ended: waits for the exchanges, the upstream and the database. */
export const settled = async ({ live, emulator, services }: LocalGateway): Promise<Ledger> => {
  await until(() => live.count === 0 && emulator.openRequests() === 0)
  await services.records.drain(5000)
  const { rows } = await services.storage.findRequests({ limit: 1000 })
  return {
    rows: rows.toReversed().map(row => ({
      outcome: row.outcome,
      status_code: row.statusCode,
      error_code: row.errorCode,
      failed_stage: row.failedStage,
      attempts: row.attempts,
    })),
    verdicts: rows
      .toReversed()
      .map(({ trace }) => ((trace === null ? [] : JSON.parse(trace)) as [string, string][]).map(([, name]) => name)),
    inFlight: services.pool.inFlight,
    openUpstream: emulator.openRequests(),
  }
}

/** One exchange, its key given back, no upstream request open. */
export const oneRow = (
  outcome: string,
  status: number,
  error: string | null,
  stage: string | null,
  verdicts: readonly string[],
): Ledger => ({
  rows: [
    {
      outcome,
      status_code: status,
      error_code: error,
      failed_stage: stage,
      attempts: verdicts.filter(name => name !== 'no-key-ready').length,
    },
  ],
  verdicts: [verdicts],
  inFlight: 0,
  openUpstream: 0,
})
