import { type Logger, silentLogger } from '#src/logging/logger.ts'
import { acceptValue } from './accept-value.ts'
import { type Declared, declareSettings, type OwnedSettings } from './declared-settings.ts'
import type { SettingDefinitions, SettingValues } from './define-settings.ts'
import { describeSetting, type SettingDescription } from './describe-setting.ts'
import type { HeldValue, SettingOrigin } from './held-value.ts'
import { type EnvironmentVariables, readEnvironment } from './read-environment.ts'
import { type Refusal, SettingsRefused } from './settings-refused.ts'
import { writeValue } from './write-value.ts'

/** Where changed settings are kept. `null` removes the row. Rows of secret settings are sealed by the store. */
export type SettingsStore = { readonly saveSettings: (changes: ReadonlyMap<string, string | null>) => Promise<void> }

/** Told the names of the settings whose value is another one now; the views show the new values already. */
export type SettingsListener = (changed: ReadonlySet<string>) => void

export type SettingsSources = {
  readonly definitions: readonly OwnedSettings[]
  readonly environment: EnvironmentVariables
  /** Text of the `.env` file, undefined when there is none. */
  readonly envFile: string | undefined
}

/**
 * Every setting of the program with its value and origin: default < `.env` < environment < database.
 * Views are plain objects changed in place, so that a change holds from the next read on and a read costs nothing.
 */
export class Settings {
  readonly #declared: ReadonlyMap<string, Declared>
  /** What holds without the database. */
  readonly #fallbacks: ReadonlyMap<string, HeldValue>
  #stored: ReadonlyMap<string, HeldValue> = new Map()
  readonly #views = new Map<SettingDefinitions, Record<string, unknown>>()
  readonly #listeners = new Set<SettingsListener>()
  #store: SettingsStore | undefined
  #logger: Logger = silentLogger
  #lastTurn: Promise<unknown> = Promise.resolve()

  private constructor(declared: ReadonlyMap<string, Declared>, fallbacks: ReadonlyMap<string, HeldValue>) {
    this.#declared = declared
    this.#fallbacks = fallbacks
  }

  /**
   * Reads defaults, `.env` and environment.
   * @throws SettingsRefused with every bad value at once
   */
  static fromEnvironment({ definitions, environment, envFile }: SettingsSources): Settings {
    const declared = declareSettings(definitions)
    return new Settings(declared, readEnvironment(declared, environment, envFile))
  }

  /** Gives the settings the place where changes are kept and a log for what goes wrong with stored rows. */
  attach({ store, logger }: { readonly store: SettingsStore; readonly logger: Logger }): void {
    this.#store = store
    this.#logger = logger
  }

  /** The live values of settings that were declared at start. The same definitions give the same object. */
  view<Definitions extends SettingDefinitions>(definitions: Definitions): SettingValues<Definitions> {
    let view = this.#views.get(definitions)
    if (view === undefined) {
      view = {}
      for (const [name, setting] of Object.entries(definitions)) {
        if (this.#declared.get(name)?.setting !== setting)
          throw new Error(`The setting ${name} was not declared at start.`)
        view[name] = this.#held(name).value
      }
      this.#views.set(definitions, view)
    }
    return view as SettingValues<Definitions>
  }

  originOf(name: string): SettingOrigin {
    return this.#held(name).origin
  }

  /**
   * Takes over the rows of the database, all of them: a value whose row is gone falls back. A row that cannot be used
   * is ignored with a warning; rows of unknown settings and of those that are read at start only are left alone.
   */
  applyStored(rows: ReadonlyMap<string, string>): void {
    const stored = new Map<string, HeldValue>()
    for (const [name, text] of rows) {
      const declared = this.#declared.get(name)
      if (declared === undefined) {
        this.#logger.debug('The database holds a setting that this version does not know', { setting: name })
      } else if (!declared.setting.startOnly) {
        const accepted = acceptValue(declared, text)
        if ('value' in accepted) stored.set(name, { value: accepted.value, origin: 'database' })
        else this.#logger.warn(`A setting of the database is ignored: ${accepted.refusal}`, { setting: name })
      }
    }
    this.#hold(stored)
  }

  /**
   * Checks all the values, then keeps them, then lets them hold, then tells the listeners. Texts are read as in the
   * environment. A value equal to the one that holds is kept too: a person chose it. `null` removes what the database
   * says, so that environment, `.env` or default hold again.
   * @throws SettingsRefused, or what the store throws; nothing has changed then
   */
  async change(changes: ReadonlyMap<string, unknown>): Promise<void> {
    const removed = new Set([...changes].filter(([, value]) => value === null).map(([name]) => name))
    const accepted = this.#acceptAll(changes)
    const texts = new Map<string, string | null>([...accepted].map(([name, { value }]) => [name, writeValue(value)]))
    for (const name of removed) texts.set(name, null)
    await this.#save(texts, () => new Map([...[...this.#stored].filter(([name]) => !removed.has(name)), ...accepted]))
  }

  /**
   * Removes what the database says about these settings.
   * @throws as `change` does
   */
  restore(names: Iterable<string>): Promise<void> {
    return this.change(new Map([...names].map(name => [name, null])))
  }

  /** Calls `listener` after every change; returns what ends that. */
  onChange(listener: SettingsListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Everything the dashboard shows about the settings, in the order of their declaration. Holds no secret. */
  describe(): readonly SettingDescription[] {
    return [...this.#declared.values()].map(declared =>
      describeSetting(declared, this.#held(declared.name), this.#fallback(declared.name)),
    )
  }

  #held(name: string): HeldValue {
    return this.#stored.get(name) ?? this.#fallback(name)
  }

  #fallback(name: string): HeldValue {
    const fallback = this.#fallbacks.get(name)
    if (fallback === undefined) throw new Error(`There is no setting ${name}.`)
    return fallback
  }

  #acceptAll(changes: ReadonlyMap<string, unknown>): ReadonlyMap<string, HeldValue> {
    const accepted = new Map<string, HeldValue>()
    const refusals: Refusal[] = []
    for (const [name, given] of changes) {
      const declared = this.#declared.get(name)
      const refused = this.#refusalToChange(name)
      refusals.push(...refused)
      if (declared === undefined || refused.length > 0 || given === null) continue
      const result = acceptValue(declared, given)
      if ('value' in result) accepted.set(name, { value: result.value, origin: 'database' })
      else refusals.push({ setting: name, sentence: result.refusal })
    }
    refuseAny(refusals)
    return accepted
  }

  #refusalToChange(name: string): Refusal[] {
    const declared = this.#declared.get(name)
    if (declared === undefined) return [{ setting: name, sentence: `${name} is not a setting of this version.` }]
    if (!declared.setting.startOnly) return []
    const sentence = `${name} is read at start only: set it in the environment or in .env, and start again.`
    return [{ setting: name, sentence }]
  }

  /** One after the other, so that memory and database agree on which change was the last. */
  async #save(texts: ReadonlyMap<string, string | null>, next: () => ReadonlyMap<string, HeldValue>): Promise<void> {
    const turn = this.#lastTurn.then(async () => {
      if (this.#store === undefined) throw new Error('Settings cannot be changed before the database is open.')
      await this.#store.saveSettings(texts)
      this.#hold(next())
    })
    this.#lastTurn = turn.catch(() => {})
    await turn
  }

  #hold(stored: ReadonlyMap<string, HeldValue>): void {
    const before = this.#stored
    this.#stored = stored
    const changed = new Set<string>()
    for (const name of new Set([...before.keys(), ...stored.keys()])) {
      const old = before.get(name) ?? this.#fallback(name)
      if (writeValue(old.value) !== writeValue(this.#held(name).value)) changed.add(name)
    }
    for (const view of this.#views.values()) {
      for (const name of changed) if (Object.hasOwn(view, name)) view[name] = this.#held(name).value
    }
    if (changed.size > 0) this.#tell(changed)
  }

  #tell(changed: ReadonlySet<string>): void {
    for (const listener of this.#listeners) {
      try {
        listener(changed)
      } catch (error) {
        // The change is kept and holds; that one part did not follow must not look like a refusal.
        this.#logger.error('A part of the program did not take up changed settings', { error, settings: [...changed] })
      }
    }
  }
}

const refuseAny = (refusals: readonly Refusal[]): void => {
  if (refusals.length > 0) throw new SettingsRefused(refusals)
}
