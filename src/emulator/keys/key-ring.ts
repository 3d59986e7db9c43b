import type { EmulatorClock } from './emulator-clock.ts'
import { type KeyBehaviour, scopeOf } from './key-behaviour.ts'
import { pacificDayOf } from './pacific-day.ts'

/** Requests and input tokens a project may use of one model. Unset means unlimited. */
export type QuotaLimits = {
  readonly perMinute?: number
  readonly perDay?: number
  readonly inputTokensPerMinute?: number
}

export type EmulatorKey = {
  readonly secret: string
  /** Keys of one project share its quota. Unset: a project of its own. */
  readonly project?: string
  readonly tier?: 'free' | 'paid'
  readonly behaviour?: KeyBehaviour
  readonly limits?: QuotaLimits
}

export type MethodClass = 'list' | 'model' | 'count' | 'embed' | 'generate'

/** A key as it is now. */
export type KeyState = {
  readonly secret: string
  readonly project: string
  /** As in `metadata.consumer`: `projects/<number>`. */
  readonly projectNumber: string
  readonly tier: 'free' | 'paid'
  readonly limits: QuotaLimits
  readonly behaviour: KeyBehaviour
  /** How many more requests behave so, after which the key is valid again; `null` for all of them. */
  readonly times: number | null
}

type MutableState = { -readonly [Name in keyof KeyState]: KeyState[Name] } & { setOnDay: string }

/** All keys the emulator knows, and how each behaves at the moment. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, MutableState>
  readonly #clock: EmulatorClock

  constructor(keys: readonly EmulatorKey[], clock: EmulatorClock) {
    this.#clock = clock
    this.#keys = new Map(keys.map(key => [key.secret, this.#initialState(key, keys)]))
  }

  get keys(): readonly KeyState[] {
    return [...this.#keys.values()].map(({ setOnDay: _, ...state }) => state)
  }

  find(secret: string): KeyState | undefined {
    return this.#keys.get(secret)
  }

  /** @throws Error for a secret the emulator was not started with */
  setBehaviour(secret: string, behaviour: KeyBehaviour, times: number | null = null): void {
    const key = this.#keys.get(secret)
    if (key === undefined) throw new Error('The emulator has no such key')
    key.behaviour = behaviour
    key.times = times
    key.setOnDay = pacificDayOf(this.#clock.now())
  }

  /** How the key behaves for this one request; uses up one of `times`. A forced per-day quota ends with its Pacific day. */
  takeBehaviour(secret: string, method: MethodClass): KeyBehaviour {
    const key = this.#keys.get(secret)
    if (key === undefined) return 'invalid'
    if (endsWithTheDay.has(key.behaviour) && key.setOnDay !== pacificDayOf(this.#clock.now())) key.behaviour = 'valid'
    if (key.behaviour === 'valid' || !touches(key.behaviour, method)) return 'valid'
    const { behaviour } = key
    if (key.times !== null && --key.times <= 0) {
      key.behaviour = 'valid'
      key.times = null
    }
    return behaviour
  }

  #initialState(key: EmulatorKey, keys: readonly EmulatorKey[]): MutableState {
    const project = key.project ?? key.secret
    return {
      secret: key.secret,
      project,
      projectNumber: projectNumberOf(project),
      tier: key.tier ?? 'free',
      limits: key.limits ?? keys.find(other => other.project === project && other.limits !== undefined)?.limits ?? {},
      behaviour: key.behaviour ?? 'valid',
      times: null,
      setOnDay: pacificDayOf(this.#clock.now()),
    }
  }
}

const endsWithTheDay: ReadonlySet<KeyBehaviour> = new Set(['per-day', 'per-day-and-minute'])

const touches = (behaviour: KeyBehaviour, method: MethodClass): boolean => {
  const scope = scopeOf(behaviour)
  if (scope === 'every-method') return true
  if (scope === 'model-methods') return method !== 'list'
  if (scope === 'quota-methods') return method === 'generate' || method === 'embed'
  return method === 'generate'
}

/** Twelve digits, the same for the same name, in the shape of Google's project numbers. */
const projectNumberOf = (project: string): string =>
  /^\d+$/.test(project) ? project : `5${(Bun.hash.xxHash64(project) % 100_000_000_000n).toString().padStart(11, '0')}`
