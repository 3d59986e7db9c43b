import { fitText } from './fit-text.ts'
import type { RequestRecord } from './records.ts'
import { type Counts, countsOf, type Granularity, granularities, type StatisticsCounter } from './statistics.ts'

/** Statistics that wait to be written, added up so that a busy model costs one row however many requests it serves. */
export class CounterSet {
  readonly #limit: number
  #counters = new Map<string, StatisticsCounter>()

  /** @param limit how many counters may wait; beyond it new ones are added to one without names, so that totals stay true */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#counters.size
  }

  add(record: RequestRecord): void {
    const counts = countsOf(record)
    // Until the token is known the model's name is whatever a stranger typed: it must not become a row of its own.
    const isKnown = record.token !== null
    const names: Names = {
      model: isKnown ? fitText(record.model, 100) : '',
      keyId: record.keyId ?? '',
      token: record.token ?? '',
    }
    for (const [granularity, length] of Object.entries(granularities) as [Granularity, number][])
      this.#add(granularity, Math.floor(record.startedAt / length) * length, names, counts)
  }

  /** Takes out up to `count` counters, oldest first. */
  take(count: number): StatisticsCounter[] {
    const taken = [...this.#counters.entries().take(count)]
    for (const [name] of taken) this.#counters.delete(name)
    return taken.map(([, counter]) => counter)
  }

  #add(granularity: Granularity, periodStart: number, names: Names, counts: Counts): void {
    const id = JSON.stringify([granularity, periodStart, names.model, names.keyId, names.token])
    const counter = this.#counters.get(id)
    if (counter) this.#counters.set(id, { ...counter, ...sumOf(counter, counts) })
    else if (this.#counters.size < this.#limit || names === unnamed)
      this.#counters.set(id, { granularity, periodStart, ...names, ...counts })
    else this.#add(granularity, periodStart, unnamed, counts)
  }
}

type Names = { readonly model: string; readonly keyId: string; readonly token: string }

const unnamed: Names = { model: '', keyId: '', token: '' }

const sumOf = (left: Counts, right: Counts): Counts => ({
  requests: left.requests + right.requests,
  failures: left.failures + right.failures,
  promptTokens: left.promptTokens + right.promptTokens,
  outputTokens: left.outputTokens + right.outputTokens,
  thoughtTokens: left.thoughtTokens + right.thoughtTokens,
  cachedTokens: left.cachedTokens + right.cachedTokens,
  latencyMs: left.latencyMs + right.latencyMs,
})
