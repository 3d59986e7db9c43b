import { fitText } from './fit-text.ts'
import type { RequestRecord } from './records.ts'
import { type Counts, countsOf, type Granularity, granularities, type StatisticsCounter } from './statistics.ts'

/** Statistics that wait to be written, added up so that a busy model costs one row however many requests it serves. */
export class CounterSet {
  readonly #limit: number
  readonly #minutes = new Map<string, Counter>()

  /** @param limit how many counters may wait; beyond it new ones are added to one without names, so that totals stay true */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#minutes.size
  }

  add(record: RequestRecord): void {
    // Until the token is known the model's name is whatever a stranger typed: it must not become a row of its own.
    const model = record.token === null ? '' : fitText(record.model, 100)
    this.#add(record, Math.floor(record.startedAt / minute) * minute, model, record.keyId ?? '', record.token ?? '')
  }

  /** Takes out what was counted in up to `count` minutes, oldest first, as counters of minute, hour and day. */
  take(count: number): StatisticsCounter[] {
    const taken = new Map<string, Counter>()
    for (const [name, counter] of [...this.#minutes.entries().take(count)]) {
      this.#minutes.delete(name)
      for (const [granularity, length] of Object.entries(granularities) as [Granularity, number][]) {
        const periodStart = Math.floor(counter.periodStart / length) * length
        const id = [granularity, periodStart, counter.model, counter.keyId, counter.token].join('\n')
        const sum = taken.get(id)
        if (sum === undefined) taken.set(id, { ...counter, granularity, periodStart })
        else addTo(sum, counter)
      }
    }
    return [...taken.values()]
  }

  /** Called for every request: one look-up by a joined name (no name holds a line break), sums changed in place. */
  #add(record: RequestRecord, periodStart: number, model: string, keyId: string, token: string): void {
    const id = `${periodStart}\n${model}\n${keyId}\n${token}`
    const counter = this.#minutes.get(id)
    if (counter !== undefined) addTo(counter, countsOf(record))
    else if (this.#minutes.size < this.#limit || (model === '' && keyId === '' && token === '')) {
      this.#minutes.set(id, { granularity: 'minute', periodStart, model, keyId, token, ...countsOf(record) })
    } else this.#add(record, periodStart, '', '', '')
  }
}

const minute = granularities.minute

type Counter = { -readonly [Name in keyof StatisticsCounter]: StatisticsCounter[Name] }

const addTo = (sum: Counter, more: Counts): void => {
  sum.requests += more.requests
  sum.failures += more.failures
  sum.promptTokens += more.promptTokens
  sum.outputTokens += more.outputTokens
  sum.thoughtTokens += more.thoughtTokens
  sum.cachedTokens += more.cachedTokens
  sum.latencyMs += more.latencyMs
}
