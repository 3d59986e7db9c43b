import { keySettings } from './config/key-settings.ts'
import type { Settings } from './config/settings.ts'
import { upstreamSettings } from './config/upstream-settings.ts'
import { createCheckOnImport } from './keys/check-on-import.ts'
import { KeyBook } from './keys/key-book.ts'
import { KeyChecker } from './keys/key-checker.ts'
import { createKeyOverview } from './keys/key-overview.ts'
import { KeyPool } from './keys/key-pool.ts'
import { RecheckSchedule, setRealTimer } from './keys/recheck-schedule.ts'
import { WaitingLine } from './keys/waiting-line.ts'
import type { Logger } from './logging/logger.ts'
import type { SecretBox } from './security/secret-box.ts'
import type { Storage } from './storage/open-storage.ts'
import type { WriteBehind } from './storage/write-behind.ts'
import { EgressPool } from './upstream/egress-pool.ts'
import { ModelBreakers } from './upstream/model-breakers.ts'
import { probeKey } from './upstream/probe-key.ts'
import { sendProbe } from './upstream/send-probe.ts'
import type { UpstreamClient } from './upstream/upstream-client.ts'
import type { Watchdog } from './upstream/watchdog.ts'

export type KeyServicesOptions = {
  readonly settings: Settings
  readonly logger: Logger
  readonly storage: Storage
  readonly records: WriteBehind
  readonly box: SecretBox
  readonly client: UpstreamClient
  readonly watchdog: Watchdog
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

/** The keys, and what decides which one is used, and by which way. */
export type KeyServices = {
  readonly book: KeyBook
  readonly pool: KeyPool
  readonly line: WaitingLine
  readonly overview: ReturnType<typeof createKeyOverview>
  readonly egresses: EgressPool
  readonly models: ModelBreakers
  readonly checker: KeyChecker
  /** Checks new keys in the background. */
  readonly checkOnImport: ReturnType<typeof createCheckOnImport>
  readonly rechecks: RecheckSchedule
  /** Ends what runs by itself, and hands what the pool knows to the database's queue. */
  readonly stopKeys: () => Promise<void>
}

/** Counts of so many keys are handed to the database's queue at a time, so often. */
const countsPerFlush = 2000
const flushMilliseconds = 1000

/** Reads the keys and what is remembered of them, and begins to keep them. */
export const createKeyServices = async (options: KeyServicesOptions): Promise<KeyServices> => {
  const { settings, logger, storage, records, box, client, watchdog, now } = options
  const keys = settings.view(keySettings)
  const upstream = settings.view(upstreamSettings)
  const pool = new KeyPool({
    sink: records,
    logger,
    now,
    random: Math.random,
    policy: () => keys.KEY_POLICY,
    mostInFlight: () => keys.MAX_IN_FLIGHT_PER_KEY,
    mostSoftFailures: () => keys.MAX_FAILURES,
  })
  const book = new KeyBook(keys, { store: storage, pool, box, now })
  await book.load()
  pool.restore(await storage.loadKeyStates())
  const line = new WaitingLine({ pool, now, schedule })
  pool.onFree = line.wake
  const flushing = setInterval(() => pool.tend(countsPerFlush), flushMilliseconds)
  flushing.unref()

  const egresses = new EgressPool({ settings: upstream, logger, now, random: Math.random })
  egresses.replace(upstream.PROXIES)
  egresses.start()

  const testModel = () => keys.TEST_MODEL
  const send = sendProbe(client, egresses)
  const checker = new KeyChecker({
    pool,
    probe: probeKey({ send, watchdog, settings: upstream, testModel }),
    logger,
    testModel,
  })
  const rechecks = new RecheckSchedule({
    pool,
    checker,
    logger,
    hours: () => keys.CHECK_INTERVAL_HOURS,
    now,
    random: Math.random,
    setTimer: setRealTimer,
  })
  settings.onChange(changed => {
    if (Object.keys(keySettings).some(name => changed.has(name))) book.refresh(keys)
    if (changed.has('CHECK_INTERVAL_HOURS')) rechecks.retime()
    if (changed.has('PROXIES')) egresses.replace(upstream.PROXIES)
  })
  return {
    book,
    pool,
    line,
    overview: createKeyOverview(pool, now),
    egresses,
    models: new ModelBreakers({ now, random: Math.random }),
    checker,
    checkOnImport: createCheckOnImport(checker, logger),
    rechecks,
    stopKeys: async () => {
      rechecks.stop()
      await checker.stop()
      egresses.close()
      clearInterval(flushing)
      pool.tend()
    },
  }
}

const schedule = (milliseconds: number, callback: () => void) => {
  const timer = setTimeout(callback, milliseconds)
  return () => clearTimeout(timer)
}
