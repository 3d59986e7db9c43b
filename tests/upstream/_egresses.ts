import { silentLogger } from '#src/logging/logger.ts'
import type { EgressOutcome } from '#src/upstream/egress.ts'
import { type EgressChoice, EgressPool } from '#src/upstream/egress-pool.ts'

/** The choice alone, with a clock that stands still: nothing is started, and nobody goes out. */
export const setUp = (proxies: readonly string[], changes: { isPinned?: boolean; mayFailOver?: boolean } = {}) => {
  const clock = { now: 1_000_000 }
  let seed = 1
  const settings = {
    BASE_URL: 'http://127.0.0.1:9/v1beta',
    CONNECT_TIMEOUT_SECONDS: 1,
    PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: changes.isPinned ?? true,
    PROXY_FAILOVER: changes.mayFailOver ?? true,
  }
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const pool = new EgressPool({ settings, logger: silentLogger, now: () => clock.now, random })
  pool.replace(proxies)
  return { pool, clock, settings }
}

export const proxies = (count: number) => Array.from({ length: count }, (_, index) => `http://10.0.0.${index + 1}:3128`)

export const keyIds = Array.from({ length: 10_000 }, (_, index) => `key-${index}`)

export const passOf = (choice: EgressChoice) => {
  if (choice.kind === 'refuse') throw new Error(choice.reason)
  return choice.pass
}

export const nameFor = (pool: EgressPool, keyId: string) => {
  const pass = passOf(pool.choose(keyId))
  pass.settle({ kind: 'unknown' })
  return pass.egress.name
}

export const settle = (pool: EgressPool, keyId: string, outcome: EgressOutcome, times = 1) => {
  for (let count = 0; count < times; count++) passOf(pool.choose(keyId)).settle(outcome)
}

export const broken: EgressOutcome = { kind: 'failed', reason: 'ECONNREFUSED' }

export const stateOf = (pool: EgressPool, name: string) => pool.status().find(status => status.name === name)
