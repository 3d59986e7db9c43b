import type { EmulatorKey, KeyBehaviour } from '#src/emulator/emulator.ts'
import type { KeyView } from '#src/keys/key-view.ts'
import { openSecretBox } from '#src/security/secret-box.ts'
import type { ErrorSummary, Logged } from '#src/storage/logs.ts'
import { type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { type AskOptions, ask, type Told } from '#tests/endings/_ask.ts'
import { until } from '#tests/endings/_ledger.ts'

export const model = 'gemini-3.8-flash'
export const otherModel = 'gemini-3.6-flash'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** 12:00:10.4 in Los Angeles on a day of 24 hours; a minute has 49.6 seconds left. */
export const noon = Date.parse('2026-11-23T20:00:10.400Z')
export const midnight = Date.parse('2026-11-24T08:00:00Z')

/** The secret of a key that plays this part; long enough to be told from anything else in a text. */
export const secretOf = (part: string): string => `AQ.secret-of-the-key-that-is-${part}`

const partOf = (secret: string | null): string => secret?.replace(/^AQ\.secret-of-the-key-that-is-/, '') ?? 'none'

export type CastOptions = {
  /** Parts, in the order in which they are first asked; each in a project of its own unless it is a key in full. */
  readonly keys: readonly (string | EmulatorKey)[]
  readonly settings?: Readonly<Record<string, string>>
  /** Milliseconds since 1970 UTC. */
  readonly at?: number
  /** Milliseconds between the chunks of a stream; without any they may arrive as one. */
  readonly pace?: number
}

export type Attempt = { readonly verdict: string; readonly status: number | null }

export type Cast = {
  readonly gateway: LocalGateway
  readonly ask: (options?: AskOptions) => Promise<Told>
  readonly behave: (part: string, behaviour: KeyBehaviour, times?: number) => void
  /** Parts asked for an answer since the last call, in order. */
  readonly asked: () => readonly string[]
  readonly stateOf: (part: string) => KeyView
  /** Of every key, all of which must be told. */
  readonly conditions: () => Readonly<Record<string, string>>
  /** Moves the clock of the gateway and of the emulator to the same moment. */
  readonly moveTo: (moment: number) => void
  readonly now: () => number
  /** Once everything has ended: the attempts of the last exchange, as its row of the request log has them. */
  readonly attempts: () => Promise<readonly Attempt[]>
  /** The error log, oldest first, with the key's part. */
  readonly errors: () => Promise<readonly (Logged<ErrorSummary> & { readonly part: string })[]>
}

/** A gateway and an emulator on one clock, which stands still until it is moved. */
export const startCast = async ({ keys, settings, at = noon, pace = 0 }: CastOptions): Promise<Cast> => {
  const clock = { now: at }
  const emulatorKeys = keys.map(key => (typeof key === 'string' ? { secret: secretOf(key) } : key))
  const gateway = await startGateway({
    keys: emulatorKeys,
    emulator: { startAt: at, clockSpeed: 0, delayMs: { betweenChunks: pace } },
    settings: { CHECK_INTERVAL_HOURS: '0', MAX_RETRIES: '4', ...settings },
    now: () => clock.now,
  })
  const { emulator, services, live } = gateway
  const box = openSecretBox({
    encryptionKey: undefined,
    dataDirectory: settings?.DATA_DIR ?? gateway.dataDirectory,
  })
  const parts = new Map(emulatorKeys.map(({ secret }) => [box.keyIdOf(secret), partOf(secret)]))
  const views = () => services.overview.page({ offset: 0, limit: 1000 }).rows
  const written = async () => {
    await until(() => live.count === 0 && emulator.openRequests() === 0)
    await services.records.drain(5000)
    if (services.pool.inFlight !== 0) throw new Error(`${services.pool.inFlight} keys were taken and not given back`)
  }
  return {
    gateway,
    ask: options => ask(gateway.url, options),
    behave: (part, behaviour, times) =>
      emulator.setBehaviour(secretOf(part), behaviour, times === undefined ? {} : { times }),
    asked: () => {
      const seen = emulator.requests.filter(({ method }) => method === 'POST').map(({ key }) => partOf(key))
      emulator.clearRequests()
      return seen
    },
    stateOf: part => {
      const view = views().find(({ keyId }) => parts.get(keyId) === part)
      if (view === undefined) throw new Error(`The gateway has no key that is ${part}`)
      return view
    },
    conditions: () => Object.fromEntries(views().map(view => [parts.get(view.keyId) ?? '?', view.condition])),
    moveTo: moment => {
      emulator.advanceClock(moment - clock.now)
      clock.now = moment
    },
    now: () => clock.now,
    attempts: async () => {
      await written()
      const { rows } = await services.storage.findRequests({ limit: 1 })
      const trace = JSON.parse(rows[0]?.trace ?? '[]') as [string | null, string, number | null][]
      return trace.flatMap(([key, verdict, status]) => (key === null ? [] : [{ verdict, status }]))
    },
    errors: async () => {
      await written()
      const { rows } = await services.storage.findErrors({ limit: 1000 })
      return rows.toReversed().map(row => ({ ...row, part: parts.get(row.keyId ?? '') ?? 'none' }))
    },
  }
}
