import { KeyPool } from '#src/keys/key-pool.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { KeyEntry } from '#src/keys/pool-key.ts'
import { WaitingLine } from '#src/keys/waiting-line.ts'
import type { Acquisition, Wish } from '#src/keys/wish.ts'
import { silentLogger } from '#src/logging/logger.ts'
import type { KeyStateRecord } from '#src/storage/records.ts'
import { type NaiveLease, NaivePool } from './_naive-pool.ts'
import { entry } from './_pool.ts'
import { type Beheld, checkAnswer, checkKeys, checkSums, checkWait, keyOf, must } from './_pool-checks.ts'
import { compareAfterRestart } from './_pool-restart.ts'
import { type Shape, type Step, type Story, type Told, verdictOf, wishOf } from './_pool-steps.ts'
import { PoolWaiters } from './_pool-waiters.ts'

/** Plays a story to a pool and to the naive one, and compares them after every step. */
export class PoolStory {
  readonly #story: Story
  readonly #naive = new NaivePool()
  readonly #remembered = new Map<string, KeyStateRecord>()
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>()
  #entries: readonly KeyEntry[] = []
  /** What the clock on the wall shows, and what has passed. */
  #now: number
  #passed = 0
  #wentBack = false
  #mostInFlight: number
  #isFreed = false
  #leases: { readonly lease: Lease; readonly naive: NaiveLease }[] = []
  readonly #waiters = new PoolWaiters()
  #pool: KeyPool
  #line: WaitingLine

  constructor(story: Story) {
    this.#story = story
    this.#now = Date.parse(story.startsAt)
    this.#mostInFlight = story.mostInFlight
    this.#pool = this.#newPool()
    this.#line = this.#newLine()
    this.#replace(story.shape)
  }

  async play(): Promise<void> {
    for (const step of this.#story.steps) {
      await this.#take(step)
      checkKeys(this.#beheld)
      must(this.#pool.inFlight === this.#leases.length, `${this.#pool.inFlight} leases are out`)
      await this.#serveLine()
    }
    while (this.#leases.length > 0)
      this.#leases.pop()?.lease.settle({ name: 'unused', blames: 'nobody', retry: 'never', effect: { kind: 'none' } })
    must(this.#pool.inFlight === 0, 'something is in flight after everything was settled')
  }

  get #beheld(): Beheld {
    return {
      pool: this.#pool,
      naive: this.#naive,
      now: this.#now,
      mostInFlight: this.#mostInFlight,
      isVague: this.#wentBack || this.#naive.isAstray,
    }
  }

  async #take(step: Step): Promise<void> {
    switch (step.does) {
      case 'acquire':
        this.#acquire(wishOf(step.wish, this.#naive))
        return
      case 'settle':
        this.#settle(step)
        return
      case 'report':
        this.#report(step)
        return
      case 'advance':
        await this.#advance(step.milliseconds)
        return
      case 'go back':
        this.#goBack(step.milliseconds)
        return
      case 'replace':
        this.#replace(step.shape)
        return
      case 'tend':
        this.#pool.tend()
        return
      case 'look':
        checkSums(this.#beheld)
        return
      case 'wait':
        this.#wait(wishOf(step.wish, this.#naive), step.milliseconds)
        return
      case 'leave':
        this.#waiters.leave(step.which)
        return
      case 'restart':
        this.#restart(pool => {
          pool.restore([...this.#remembered.values()])
        })
        return
      case 'resume':
        this.#restart(pool => pool.resume(structuredClone(this.#pool.snapshot())))
        return
      case 'limit':
        this.#mostInFlight = step.mostInFlight
        this.#pool.replaceKeys(this.#entries)
        return
    }
  }

  /** Asks the pool, and sees to it that the answer is right before anything else happens. */
  readonly #acquire = (wish: Wish): Acquisition => {
    const answer = this.#watched(() => this.#pool.acquire(wish))
    checkAnswer(wish, answer, this.#beheld)
    if (answer.kind !== 'leased') return answer
    const { lease } = answer
    const key = this.#naive.key(lease.keyId)
    if (key === undefined) throw new Error('a key that is not there was handed out')
    this.#leases.push({ lease, naive: this.#naive.lend(key, wish, lease.bucket, this.#now) })
    return answer
  }

  #settle({ which, told, tokens, reached }: Extract<Step, { does: 'settle' }>) {
    const [one] = this.#leases.splice(which % Math.max(1, this.#leases.length), 1)
    if (one === undefined) return
    const { lease, naive } = one
    const verdict = verdictOf(told, lease.model)
    const bucket = this.#pool.bucketOf(lease)
    this.#watched(() => lease.settle(verdict, { inputTokens: tokens, reached }))
    this.#naive.settle(naive, verdict, bucket, { tokens, reached }, this.#now)
    lease.settle(verdict)
  }

  #report({ which, told, model }: { which: number; told: Told; model: string }) {
    const key = this.#naive.keys[which % Math.max(1, this.#naive.keys.length)]
    if (key === undefined) return
    const verdict = verdictOf(told, model)
    const bucket = this.#pool.bucketOf({ model })
    this.#watched(() => this.#pool.report(key.keyId, verdict, model))
    this.#naive.apply({ key, model, bucket, isCounted: true, lentAt: this.#now }, verdict, this.#now)
    if (verdict.name === 'healthy') key.isDead = false
  }

  /** Follows the keys whose project was found out, or turned out not to be one, in the order they had. */
  #watched<Result>(does: () => Result): Result {
    const before = [...new Set([...this.#pool.keys()].map(({ owner }) => owner))].flatMap(({ keys }) => [...keys])
    const result = does()
    for (const {
      entry: { keyId },
    } of before) {
      const key = this.#naive.key(keyId)
      if (key === undefined) continue
      key.found = keyOf(this.#pool, key).found
      this.#naive.move(key, this.#now)
    }
    return result
  }

  #replace(shape: Shape) {
    this.#entries = shape.flatMap((one, index) =>
      one === null ? [] : [entry(`key${index}`, { ...one, kind: index === 3 ? 'vertex-express' : 'gemini' })],
    )
    // Whoever comes back begins anew.
    for (const keyId of this.#remembered.keys()) {
      if (!this.#entries.some(one => one.keyId === keyId)) this.#remembered.delete(keyId)
    }
    this.#pool.replaceKeys(this.#entries)
    this.#naive.replaceKeys(this.#entries, this.#now)
  }

  #wait(wish: Wish, milliseconds: number) {
    const waiting = this.#line.take(wish, milliseconds)
    if (waiting.kind === 'waiting') this.#waiters.add(wish, waiting, this.#passed + milliseconds)
  }

  async #serveLine() {
    if (this.#isFreed) this.#line.wake()
    this.#isFreed = false
    await settled()
    this.#waiters.check(this.#line.size, this.#passed, !this.#wentBack)
    if (this.#wentBack || this.#mostInFlight > 0) return
    for (const { wish } of this.#waiters.open) checkWait(wish, this.#beheld)
  }

  async #advance(milliseconds: number) {
    const end = this.#passed + milliseconds
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#pass(Math.max(0, due.at - this.#passed))
      due.run()
      await settled()
    }
    this.#pass(end - this.#passed)
  }

  #pass(milliseconds: number) {
    this.#passed += milliseconds
    this.#now += milliseconds
  }

  /** Who was brought back already stays awake. */
  #goBack(milliseconds: number) {
    if (!this.#story.goesBack) return
    this.#wentBack = true
    for (const one of this.#naive.keys) {
      const key = keyOf(this.#pool, one)
      const owner = this.#naive.ownerOf(one)
      for (const bucket of one.cooling.keys()) if (!key.cooling.has(bucket)) one.cooling.delete(bucket)
      for (const bucket of owner.cooling.keys()) {
        const cooling = key.owner.cooling.get(bucket)
        const refused = cooling?.reason === 'limit-reached' ? cooling.beneath : cooling
        if (refused === undefined) owner.cooling.delete(bucket)
      }
      if (key.owner.suspended === null) owner.suspended = 0
    }
    this.#now -= milliseconds
  }

  #restart(remember: (pool: KeyPool) => void) {
    const before = this.#pool
    before.tend()
    const pool = this.#newPool()
    pool.replaceKeys(this.#entries)
    remember(pool)
    this.#naive.restart(this.#now)
    this.#leases = []
    this.#waiters.forget()
    this.#timers.clear()
    this.#pool = pool
    this.#line = this.#newLine()
    for (const key of this.#naive.keys) {
      for (const [bucket, use] of keyOf(pool, key).owner.uses) {
        this.#naive.adopt(key, bucket, use.requestsToday(this.#now, pool.dayOf(this.#now)), this.#now)
      }
    }
    if (this.#wentBack) this.#believe(pool)
    else compareAfterRestart(before, pool, this.#now)
  }

  /** What was over before the clock went back may have been remembered, and be ahead again. */
  #believe(pool: KeyPool) {
    for (const one of this.#naive.keys) {
      const key = keyOf(pool, one)
      const owner = this.#naive.ownerOf(one)
      for (const [bucket, cooling] of key.cooling) one.cooling.set(bucket, cooling)
      for (const [bucket, { until, reason }] of key.owner.cooling)
        if (reason !== 'limit-reached') owner.cool(bucket, until)
      owner.suspended = key.owner.suspended?.until ?? 0
    }
  }

  #newPool(): KeyPool {
    const pool = new KeyPool({
      sink: { recordKeyState: record => this.#remembered.set(record.keyId, record) },
      logger: silentLogger,
      now: () => this.#now,
      random: () => 0,
      policy: () => this.#story.policy,
      mostInFlight: () => this.#mostInFlight,
      mostSoftFailures: () => 3,
    })
    pool.onFree = () => {
      this.#isFreed = true
    }
    return pool
  }

  #newLine(): WaitingLine {
    return new WaitingLine({
      pool: { acquire: this.#acquire, bucketOf: wish => this.#pool.bucketOf(wish) },
      now: () => this.#now,
      schedule: (milliseconds, run) => {
        const timer = { at: this.#passed + milliseconds, run }
        this.#timers.add(timer)
        return () => this.#timers.delete(timer)
      },
    })
  }
}

/** Promises that were resolved have told so. */
const settled = async () => {
  for (let turn = 0; turn < 4; turn++) await null
}
