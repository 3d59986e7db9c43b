import type { Logger } from '../logging/logger.ts'
import { BoundedQueue } from './bounded-queue.ts'
import { CounterSet } from './counter-set.ts'
import { fitError } from './error-row.ts'
import type { ErrorRecord, KeyStateRecord, RequestRecord } from './records.ts'
import { fitRequest } from './request-row.ts'
import type { StatisticsCounter } from './statistics.ts'
import { within } from './within.ts'
import type { BatchStore, WriteBatch } from './write-batch.ts'

export type WriteBehindOptions = {
  readonly storage: BatchStore
  readonly logger: Logger
  /** For tests. Rows beyond it push out the oldest ones. Default: 20,000. */
  readonly rowLimit?: number
}

export type WriteBehindStatus = {
  /** Log rows, key states and counters that are not in the database yet. */
  readonly pending: number
  /** Log rows lost since the start: pushed out while the database was away, or refused by it. */
  readonly dropped: number
  /** Whether the last attempt to write succeeded. */
  readonly healthy: boolean
  /** What the database said when it last failed; stays after it returned. */
  readonly lastError?: string
}

/**
 * Writes logs, statistics and key states to the database in the background, in batches, so that no request ever waits for
 * it. Whatever happens to the database, `record…` neither throws nor blocks, and memory stays bounded.
 */
export class WriteBehind {
  readonly #storage: BatchStore
  readonly #logger: Logger
  readonly #writer = crypto.randomUUID()
  readonly #logs: BoundedQueue<LogEntry>
  readonly #counters = new CounterSet(20_000)
  #keyStates = new Map<string, KeyStateRecord>()
  /** Stays the same until the database has confirmed it: a batch must be written once, whole. */
  #batch: WriteBatch | undefined
  #batchNumber = 0
  #flushing: Promise<boolean> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isTimerSoon = false
  #failures = 0
  #dropped = 0
  #countersTakenAt = 0
  #lastError: string | undefined

  constructor({ storage, logger, rowLimit = 20_000 }: WriteBehindOptions) {
    this.#storage = storage
    this.#logger = logger
    this.#logs = new BoundedQueue({ count: rowLimit, weight: textLimit }, textLength)
  }

  /** Takes one request for the log and for the statistics. */
  recordRequest(record: RequestRecord): void {
    const row = fitRequest(record)
    this.#dropped += this.#logs.push({ table: 'requests', row })
    this.#counters.add(row)
    this.#schedule()
  }

  recordError(record: ErrorRecord): void {
    this.#dropped += this.#logs.push({ table: 'errors', row: fitError(record) })
    this.#schedule()
  }

  /** Takes the newest state of a key; one that still waits is replaced. Never dropped. */
  recordKeyState(record: KeyStateRecord): void {
    this.#keyStates.set(record.keyId, record)
    this.#schedule()
  }

  status(): WriteBehindStatus {
    const status = { pending: this.#pending(), dropped: this.#dropped, healthy: this.#failures === 0 }
    return this.#lastError === undefined ? status : { ...status, lastError: this.#lastError }
  }

  /** Writes everything that waits. Answers false when that did not succeed within the time (milliseconds). */
  async drain(limitMs: number): Promise<boolean> {
    const deadline = performance.now() + limitMs
    for (;;) {
      const left = deadline - performance.now()
      if (this.#pending() === 0) return true
      if (left <= 0) return false
      const succeeded = await within(left, this.#flush(), false)
      if (!succeeded) await Bun.sleep(Math.min(drainPauseMs, Math.max(0, deadline - performance.now())))
    }
  }

  #pending(): number {
    return this.#logs.size + this.#keyStates.size + this.#counters.size + batchSize(this.#batch)
  }

  #schedule(): void {
    if (this.#flushing || this.#failures > 0) return
    const isFull = this.#logs.size >= rowsPerBatch
    if (this.#timer && (this.#isTimerSoon || !isFull)) return
    this.#startTimer(isFull ? 0 : flushPauseMs)
    this.#isTimerSoon = isFull
  }

  #startTimer(pauseMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#flush(), pauseMs)
    // Waiting rows do not keep a process alive that has nothing else to do; `drain` does.
    this.#timer.unref()
  }

  /** Never two at a time: a second call gets the first one's answer. */
  #flush(): Promise<boolean> {
    this.#flushing ??= this.#writeOnce().finally(() => {
      this.#flushing = undefined
      if (this.#failures > 0) this.#startTimer(Math.min(250 * 2 ** (this.#failures - 1), longestPauseMs))
      else if (this.#pending() > 0) this.#schedule()
    })
    return this.#flushing
  }

  async #writeOnce(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isTimerSoon = false
    this.#batch ??= this.#nextBatch()
    try {
      const { refused } = await this.#storage.writeBatch(this.#batch)
      this.#batch = undefined
      this.#noteRefused(refused)
      this.#noteSuccess()
      return true
    } catch (error) {
      this.#noteFailure(error)
      return false
    }
  }

  #nextBatch(): WriteBatch {
    const logs = this.#logs.take(rowsPerBatch)
    const keyStates = [...this.#keyStates.values().take(rowsPerBatch)]
    for (const { keyId } of keyStates) this.#keyStates.delete(keyId)
    this.#batchNumber += 1
    return {
      writer: this.#writer,
      number: this.#batchNumber,
      requests: logs.flatMap(entry => (entry.table === 'requests' ? [entry.row] : [])),
      errors: logs.flatMap(entry => (entry.table === 'errors' ? [entry.row] : [])),
      keyStates,
      counters: this.#takeCounters(logs.length === rowsPerBatch),
    }
  }

  /** Under load batches follow each other closely; counters that wait a little are written once instead of ten times. */
  #takeCounters(isBusy: boolean): StatisticsCounter[] {
    const now = performance.now()
    if (isBusy && now - this.#countersTakenAt < countersPauseMs) return []
    this.#countersTakenAt = now
    return this.#counters.take(countersPerBatch)
  }

  #noteRefused(refused: number): void {
    if (refused === 0) return
    this.#dropped += refused
    this.#logger.warn('The database refused rows; they are lost', { rows: refused })
  }

  #noteSuccess(): void {
    if (this.#failures > 0) this.#logger.info('The database is back', { rowsDroppedSinceTheStart: this.#dropped })
    this.#failures = 0
  }

  #noteFailure(error: unknown): void {
    this.#lastError = error instanceof Error ? error.message : String(error)
    if (this.#failures === 0)
      this.#logger.warn('The database cannot be written to; requests go on, records wait in memory', { error })
    this.#failures += 1
  }
}

type LogEntry =
  | { readonly table: 'requests'; readonly row: RequestRecord }
  | { readonly table: 'errors'; readonly row: ErrorRecord }

const flushPauseMs = 250
const longestPauseMs = 5_000
const drainPauseMs = 100
const rowsPerBatch = 500
const countersPerBatch = 1_500
const countersPauseMs = 1_000
/** In UTF-16 units, for all waiting rows together: request bodies in error rows could fill the memory otherwise. */
const textLimit = 32_000_000
/** What a row weighs besides its long texts. */
const shortTextLength = 400

const textLength = (entry: LogEntry) =>
  shortTextLength +
  (entry.table === 'requests'
    ? (entry.row.trace?.length ?? 0)
    : entry.row.text.length + (entry.row.requestBody?.length ?? 0))

const batchSize = (batch: WriteBatch | undefined) =>
  batch ? batch.requests.length + batch.errors.length + batch.keyStates.length + batch.counters.length : 0
