import type { SecretBox } from '../security/secret-box.ts'
import type { KeyRecord } from '../storage/records.ts'
import type { KeyFields } from './import/key-fields.ts'
import type { ExportedKey } from './import/write-keys.ts'
import { enterRecords, type KeySettings, keysOfSettings } from './key-entries.ts'
import { checkFields, type ImportOptions, type ImportPlan, planImport, type Standing } from './plan-import.ts'
import type { KeyEntry } from './pool-key.ts'

/** Where keys are kept. Each call is all or nothing. */
export type KeyRecordStore = {
  readonly loadKeys: () => Promise<readonly KeyRecord[]>
  readonly saveKeys: (records: readonly KeyRecord[]) => Promise<void>
  readonly deleteKeys: (keyIds: readonly string[]) => Promise<void>
}

export type KeyBookOptions = {
  readonly store: KeyRecordStore
  readonly pool: { readonly replaceKeys: (entries: readonly KeyEntry[]) => void }
  readonly box: Pick<SecretBox, 'keyIdOf'>
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

/** A key as a person described it, without its secret. */
export type KeyDescription = Omit<KeyRecord, 'secret' | 'deleted' | 'createdAt'> & {
  /** Null for a key that only the environment names. */
  readonly createdAt: number | null
}

/** What an import did; `keyIds` are the keys that were taken in. */
export type ImportResult = ImportPlan & { readonly keyIds: readonly string[] }

/** How many of the named keys there are, and how many were not so already. */
export type KeyChangeResult = { readonly matched: number; readonly changed: number }

/** Thrown when the database did not take a change, which then was not made; the message is for people. */
export class KeysNotStored extends Error {
  override readonly name = 'KeysNotStored'
}

/**
 * All keys there are, those of the settings and those of the database, and the one place where people change them.
 * The database comes first, then the memory, then the pool: what the database refuses has not happened. Changes come
 * one after the other, in the order they were asked for.
 */
export class KeyBook {
  readonly #options: KeyBookOptions
  #settings: KeySettings
  #ofSettings: ReadonlyMap<string, KeyEntry> = new Map()
  #records = new Map<string, KeyRecord>()
  #entries = new Map<string, KeyEntry>()
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(settings: KeySettings, options: KeyBookOptions) {
    this.#settings = settings
    this.#options = options
  }

  /** Reads the database, anew if it was read before, and gives all keys to the pool. @throws what the database throws */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      const records = await this.#options.store.loadKeys()
      this.#records = new Map(records.map(record => [record.keyId, record]))
      this.refresh(this.#settings)
    })
  }

  /** Gives all keys to the pool, with those that these settings name. */
  refresh(settings: KeySettings): void {
    this.#settings = settings
    this.#ofSettings = keysOfSettings(settings, this.#options.box)
    this.#entries = new Map(this.#ofSettings)
    this.#enter(this.#records.values())
  }

  /** What an import would do. @throws TooManyKeys, FieldsRefused */
  async plan(text: string, options: ImportOptions = {}): Promise<ImportPlan> {
    return (await this.#plan(text, options)).plan
  }

  /**
   * Takes in the keys of a text that are new and, with `revive`, those that were deleted before. Keys that are there are
   * left as they are, but the database then also holds the secret of one that only the settings held.
   * @throws TooManyKeys, FieldsRefused, KeysNotStored
   */
  import(text: string, options: ImportOptions = {}): Promise<ImportResult> {
    return this.#inTurn(async () => {
      const { plan, records } = await this.#plan(text, options)
      await this.#save(records)
      return { ...plan, keyIds: records.map(({ keyId }) => keyId) }
    })
  }

  /** Changes what is said of keys; ids of keys that are not there are passed over. @throws FieldsRefused, KeysNotStored */
  change(keyIds: Iterable<string>, change: KeyFields): Promise<KeyChangeResult> {
    return this.#inTurn(async () => {
      const fields = checkFields(change)
      const before = this.#known(keyIds)
      const changed = before
        .map(record => ({ ...record, ...fields }))
        .filter((record, index) => !isSame(record, before[index]))
      await this.#save(changed)
      return { matched: before.length, changed: changed.length }
    })
  }

  /**
   * Takes keys out for good: their secrets are gone, and they stay out although the environment names them, or an import
   * without `revive`.
   * @throws KeysNotStored
   */
  remove(keyIds: Iterable<string>): Promise<KeyChangeResult> {
    return this.#inTurn(async () => {
      const records = this.#known(keyIds)
      if (records.length > 0) await stored(this.#options.store.deleteKeys(records.map(({ keyId }) => keyId)))
      this.#hold(records.map(record => ({ ...record, secret: '', deleted: true })))
      return { matched: records.length, changed: records.length }
    })
  }

  /** What is said of keys, in the order asked for. */
  records(keyIds: Iterable<string>): readonly KeyDescription[] {
    return this.#known(keyIds).map(({ secret: _secret, deleted: _deleted, createdAt, ...rest }) => ({
      ...rest,
      createdAt: this.#records.has(rest.keyId) ? createdAt : null,
    }))
  }

  /** The keys with their secrets, for the one who is allowed to see them. */
  export(keyIds: Iterable<string>): readonly ExportedKey[] {
    return this.#known(keyIds).flatMap(({ keyId, kind, project, priority, tags, note, enabled }) => {
      const secret = this.#entries.get(keyId)?.secret
      return secret === undefined ? [] : [{ secret, kind, project, priority, tags, note, enabled }]
    })
  }

  #plan(text: string, options: ImportOptions) {
    const { box, now } = this.#options
    const standingOf = (keyId: string) => this.#standingOf(keyId)
    return planImport(text, options, { box, standingOf, recordOf: keyId => this.#recordOf(keyId), now: now() })
  }

  #standingOf(keyId: string): Standing {
    const record = this.#records.get(keyId)
    if (this.#entries.has(keyId)) return (record?.secret ?? '') === '' ? 'named' : 'known'
    return record?.deleted === true ? 'deleted' : 'absent'
  }

  #known(keyIds: Iterable<string>): readonly KeyRecord[] {
    return [...new Set(keyIds)].filter(keyId => this.#entries.has(keyId)).map(keyId => this.#recordOf(keyId))
  }

  /** The record of a key that is there; one that only the settings name has the one it would get: they hold its secret. */
  #recordOf(keyId: string): KeyRecord {
    const { kind = 'gemini', project = null, priority = 0, enabled = true } = this.#entries.get(keyId) ?? {}
    const said = { kind, project, priority, enabled, tags: [], note: '', deleted: false }
    return this.#records.get(keyId) ?? { keyId, secret: '', ...said, createdAt: this.#options.now() }
  }

  async #save(records: readonly KeyRecord[]) {
    if (records.length === 0) return
    await stored(this.#options.store.saveKeys(records))
    this.#hold(records)
  }

  #hold(records: readonly KeyRecord[]) {
    for (const record of records) this.#records.set(record.keyId, record)
    if (records.length > 0) this.#enter(records)
  }

  #enter(records: Iterable<KeyRecord>) {
    enterRecords(this.#entries, records, this.#ofSettings)
    this.#options.pool.replaceKeys([...this.#entries.values()])
  }

  async #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const turn = this.#lastTurn.then(act)
    this.#lastTurn = turn.catch(() => {})
    return await turn
  }
}

const stored = async (saving: Promise<void>): Promise<void> => {
  try {
    await saving
  } catch (error) {
    throw new KeysNotStored('The database did not take the change, so nothing was changed.', { cause: error })
  }
}

const isSame = (left: KeyRecord, right: KeyRecord | undefined) => JSON.stringify(left) === JSON.stringify(right)
