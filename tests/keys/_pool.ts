import { KeyPool } from '#src/keys/key-pool.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { PolicyName } from '#src/keys/policies.ts'
import type { KeyEntry } from '#src/keys/pool-key.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import type { Acquisition } from '#src/keys/wish.ts'
import { silentLogger } from '#src/logging/logger.ts'
import { Secret } from '#src/security/secret.ts'
import type { KeyStateRecord } from '#src/storage/records.ts'

/** 2026-11-23 12:00 UTC, 04:00 in Los Angeles. */
export const noon = Date.UTC(2026, 10, 23, 12)

export const entry = (keyId: string, more: Partial<KeyEntry> = {}): KeyEntry => ({
  keyId,
  secret: new Secret(`secret of ${keyId}`),
  fingerprint: `print-${keyId}`,
  kind: 'gemini',
  source: 'environment',
  project: null,
  priority: 0,
  enabled: true,
  ...more,
})

/** A pool on a clock that the test moves, and everything it asked to be remembered. */
export const poolOf = (
  entries: readonly KeyEntry[],
  settings: { mostInFlight?: number; mostSoftFailures?: number; policy?: PolicyName } = {},
) => {
  const clock = { now: noon }
  const remembered = new Map<string, KeyStateRecord>()
  const pool = new KeyPool({
    sink: { recordKeyState: record => remembered.set(record.keyId, record) },
    logger: silentLogger,
    now: () => clock.now,
    random: () => 0,
    policy: () => settings.policy ?? 'round-robin',
    mostInFlight: () => settings.mostInFlight ?? 0,
    mostSoftFailures: () => settings.mostSoftFailures ?? 3,
  })
  pool.replaceKeys(entries)
  return { pool, clock, remembered }
}

export const leased = (acquisition: Acquisition): Lease => {
  if (acquisition.kind !== 'leased') throw new Error(`expected a lease, got ${acquisition.kind}`)
  return acquisition.lease
}

/** Takes a key for the model, settles it with the verdict, and says which key it was. */
export const useOnce = (pool: KeyPool, model: string, verdict: Verdict = healthy): string => {
  const lease = leased(pool.acquire({ kind: 'gemini', model }))
  lease.settle(verdict)
  return lease.keyId
}

export const healthy: Verdict = { name: 'healthy', blames: 'nobody', retry: 'never', effect: { kind: 'healthy' } }

export const perMinute = (seconds: number): Verdict => ({
  name: 'quota-per-minute',
  blames: 'owner',
  retry: 'other-owner',
  effect: { kind: 'cool', scope: 'owner', lasts: { seconds } },
})

export const perDay: Verdict = {
  name: 'quota-per-day',
  blames: 'owner',
  retry: 'other-owner',
  effect: { kind: 'cool', scope: 'owner', lasts: 'until-pacific-midnight' },
}

export const invalid: Verdict = {
  name: 'key-invalid',
  blames: 'key',
  retry: 'other-key',
  effect: { kind: 'kill', scope: 'key', remedy: 'Make a new one.' },
}
