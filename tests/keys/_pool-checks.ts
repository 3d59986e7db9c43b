import type { KeyPool } from '#src/keys/key-pool.ts'
import type { PoolKey } from '#src/keys/pool-key.ts'
import type { Acquisition, Wish } from '#src/keys/wish.ts'
import type { NaiveKey, NaivePool } from './_naive-pool.ts'

export type Beheld = {
  readonly pool: KeyPool
  readonly naive: NaivePool
  readonly now: number
  readonly mostInFlight: number
  /** Whether what is counted is the pool's own affair by now: the clock went back. */
  readonly isVague: boolean
}

export const must = (holds: boolean, message: string): void => {
  if (!holds) throw new Error(message)
}

/** What the pool answered is what a look at every single key would have answered. */
export const checkAnswer = (wish: Wish, answer: Acquisition, beheld: Beheld): void => {
  const { pool, naive, now, mostInFlight, isVague } = beheld
  const bucket = pool.bucketOf(wish)
  const ready = naive.keys.filter(key => naive.isWished(wish, key) && naive.isReady(key, bucket, now, mostInFlight))
  if (answer.kind === 'leased') {
    const key = ready.find(({ keyId }) => keyId === answer.lease.keyId)
    if (key === undefined) throw new Error(`${answer.lease.keyId} was handed out and is not ready for ${bucket}`)
    const isFull = wish.isCounted !== false && naive.ownerOf(key).isFull(bucket, now, naive.isSure(key))
    must(isVague || !isFull, `${key.keyId} was handed out beyond its limit for ${bucket}`)
    const better = ready.filter(one => naive.priorityOf(one) < naive.priorityOf(key) && isAwake(one, bucket, beheld))
    must(better.length === 0, `${key.keyId} went before ${better[0]?.keyId}, which has priority`)
    return
  }
  const lost = ready.filter(one => !isHeldBack(one, bucket, beheld))
  must(lost.length === 0, `${lost[0]?.keyId} was ready for ${bucket} and nobody was handed out`)
  const isAnyAlive = naive.keys.some(({ entry, isDead }) => entry.kind === wish.kind && entry.enabled && !isDead)
  must(isAnyAlive === (answer.kind === 'cooling'), `"${answer.kind}", but alive is ${isAnyAlive}`)
  if (answer.kind === 'cooling') must(answer.retryAt > now, 'the return that is announced is not in the future')
}

/** Nobody waits for what is there. */
export const checkWait = (wish: Wish, beheld: Beheld): void => {
  const { pool, naive, now, mostInFlight } = beheld
  const bucket = pool.bucketOf(wish)
  const ready = naive.keys.find(key => naive.isWished(wish, key) && naive.isReady(key, bucket, now, mostInFlight))
  const isFree = ready === undefined || isHeldBack(ready, bucket, beheld)
  must(isFree, `${ready?.keyId} was ready and somebody waited for ${bucket}`)
}

/** Of every key: what the pool keeps of it is what was seen to happen to it. */
export const checkKeys = ({ pool, naive, now, isVague }: Beheld): void => {
  for (const one of naive.keys) {
    const key = keyOf(pool, one)
    must(key.inFlight === one.inFlight, `${one.keyId} carries ${key.inFlight} requests and not ${one.inFlight}`)
    must((key.death !== null) === one.isDead, `${one.keyId} is dead: ${one.isDead}`)
    must(key.owner.name === one.ownerName, `${one.keyId} belongs to ${key.owner.name} and not to ${one.ownerName}`)
    if (isVague) continue
    for (const [bucket, use] of key.owner.uses) {
      const counted = use.view(now, pool.dayOf(now)).requestsToday
      const expected = naive.ownerOf(one).requestsToday(bucket, now)
      must(counted === expected, `${key.owner.name} used ${counted} of ${bucket} and not ${expected}`)
    }
  }
  must(pool.inFlight >= 0, 'less than nothing is in flight')
}

/** The sums that are kept are those that adding up gives. Brings back who is due, as every look at the pool does. */
export const checkSums = (beheld: Beheld): void => {
  const { pool, naive, now, isVague } = beheld
  const { index } = pool
  for (const condition of ['ready', 'cooling', 'dead', 'disabled'] as const) {
    const expected = naive.keys.filter(key => conditionOf(key, beheld) === condition).map(({ keyId }) => keyId)
    const found = index.page(condition, 0, 100).map(({ entry }) => entry.keyId)
    must(found.sort().join() === expected.sort().join(), `${condition} are ${found} and not ${expected}`)
    must(index.count(condition) === expected.length, `count of ${condition} is ${index.count(condition)}`)
  }
  if (isVague) return
  const day = pool.dayOf(now)
  const owners = new Set([...pool.keys()].map(({ owner }) => owner))
  for (const totals of pool.totals) {
    const { kind, bucket } = totals
    const shares = [...owners].flatMap(owner => {
      const use = owner.uses.get(bucket)
      const isAlive = owner.suspended === null && owner.keys.some(({ entry, death }) => entry.enabled && death === null)
      const cooling = owner.cooling.get(bucket)
      const limit = cooling?.reason === 'no-quota' ? 0 : (use?.limits?.requestsPerDay ?? null)
      if (owner.kind !== kind || use === undefined || !isAlive || limit === null) return []
      const isOut = cooling !== undefined && cooling.until >= day.end
      return [{ limit, left: isOut ? 0 : Math.max(0, limit - use.view(now, day).requestsToday) }]
    })
    const expected = {
      kind,
      bucket,
      requestsToday: naive.requestsToday(kind, bucket, now),
      missedToday: totals.missedToday,
      knownOwners: shares.length,
      limit: shares.reduce((sum, share) => sum + share.limit, 0),
      left: shares.reduce((sum, share) => sum + share.left, 0),
    }
    must(
      JSON.stringify(totals) === JSON.stringify(expected),
      `${JSON.stringify(totals)} not ${JSON.stringify(expected)}`,
    )
  }
}

export const keyOf = (pool: KeyPool, { keyId }: NaiveKey): PoolKey => {
  const key = pool.key(keyId)
  if (key === undefined) throw new Error(`${keyId} is lost`)
  return key
}

/** By the pool's own count. That the count is right is checked elsewhere. */
const isHeldBack = (one: NaiveKey, bucket: string, { pool, now }: Beheld): boolean => {
  const cooling = keyOf(pool, one).owner.cooling.get(bucket)
  return cooling?.reason === 'limit-reached' && cooling.until > now
}

/** Whether the pool has noticed already that it is back: it need not notice all at once. */
const isAwake = (one: NaiveKey, bucket: string, { pool }: Beheld): boolean => {
  const { owner, cooling } = keyOf(pool, one)
  return owner.suspended === null && !owner.cooling.has(bucket) && !cooling.has(bucket)
}

const conditionOf = (one: NaiveKey, { pool, naive, now }: Beheld) => {
  if (!one.entry.enabled) return 'disabled'
  if (one.isDead) return 'dead'
  const owner = naive.ownerOf(one)
  const held = [...keyOf(pool, one).owner.cooling.values()].filter(({ reason }) => reason === 'limit-reached')
  const ends = [owner.suspended, ...owner.cooling.values(), ...held.map(({ until }) => until)]
  return [...ends, ...[...one.cooling.values()].map(({ until }) => until)].some(end => end > now) ? 'cooling' : 'ready'
}
