import { pacificDate } from '#src/keys/pacific-day.ts'
import type { LearnedLimit } from '#src/keys/verdict.ts'

/** One request that counts. */
export type NaiveRequest = { readonly at: number; bucket: string }

const week = 7 * 24 * 3_600_000

/** What an owner is and has used: plain lists, added up whenever somebody asks. */
export class NaiveOwner {
  readonly cooling = new Map<string, number>()
  suspended = 0
  requests: NaiveRequest[] = []
  tokens: (NaiveRequest & { readonly tokens: number })[] = []
  limits = new Map<string, { readonly learned: readonly LearnedLimit[]; readonly at: number }>()
  /** Moment at which minutes begin, by bucket. */
  phases = new Map<string, number>()
  /** Owners were put together or apart: until then nobody can say what is used of a minute. */
  vagueUntil = 0

  cool(bucket: string, until: number): void {
    this.cooling.set(bucket, Math.max(this.cooling.get(bucket) ?? 0, until))
  }

  learn(bucket: string, limits: readonly LearnedLimit[], at: number): void {
    const known = this.limits.get(bucket)
    const isYoung = known !== undefined && at - known.at <= week
    const kept = (isYoung ? known.learned : []).filter(
      old => !limits.some(limit => limit.unit === old.unit && limit.per === old.per),
    )
    if (limits.length > 0) this.limits.set(bucket, { learned: [...kept, ...limits], at })
  }

  requestsToday(bucket: string, now: number): number {
    return this.requests.filter(one => one.bucket === bucket && pacificDate(one.at) === pacificDate(now)).length
  }

  /** Whether the learned limits forbid one more request. */
  isFull(bucket: string, now: number, isSure: boolean): boolean {
    const known = this.limits.get(bucket)
    if (known === undefined || now - known.at > week) return false
    const minute = this.#minuteOf(bucket, now)
    const isOfDay = ({ at }: { readonly at: number }) => pacificDate(at) === pacificDate(now)
    const isOfMinute = ({ at }: { readonly at: number }) => this.#minuteOf(bucket, at) === minute
    return known.learned.some(({ unit, per, value }) => {
      if (per === 'day' && !isSure) return false
      if (per === 'minute' && now < this.vagueUntil) return false
      const isCounted = per === 'day' ? isOfDay : isOfMinute
      if (unit === 'requests') return this.#of(this.requests, bucket).filter(isCounted).length >= value
      const tokens = this.#of(this.tokens, bucket).filter(isCounted)
      return tokens.reduce((sum, one) => sum + one.tokens, 0) >= value
    })
  }

  absorb(other: NaiveOwner, now: number): void {
    for (const [bucket, until] of other.cooling) this.cool(bucket, until)
    this.suspended = Math.max(this.suspended, other.suspended)
    this.requests.push(...other.requests)
    this.tokens.push(...other.tokens)
    for (const [bucket, limits] of other.limits) {
      if (limits.at > (this.limits.get(bucket)?.at ?? 0)) this.limits.set(bucket, limits)
    }
    this.vagueUntil = now + 60_000
  }

  #of<Item extends { readonly bucket: string }>(items: readonly Item[], bucket: string) {
    return items.filter(item => item.bucket === bucket)
  }

  #minuteOf(bucket: string, moment: number) {
    return Math.floor((moment - (this.phases.get(bucket) ?? 0)) / 60_000)
  }
}
