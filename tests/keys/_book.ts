import { KeyBook, type KeyRecordStore } from '#src/keys/key-book.ts'
import type { KeySettings } from '#src/keys/key-entries.ts'
import type { KeyPool } from '#src/keys/key-pool.ts'
import { testSecretBox } from '#tests/storage/_databases.ts'
import { noon, poolOf } from './_pool.ts'

export const named = (...keys: readonly string[]): KeySettings => ({
  API_KEYS: keys,
  VERTEX_API_KEYS: [],
  PAID_KEY: '',
})

export const idOf = testSecretBox.keyIdOf
export const fingerprintFor = (secret: string) => idOf(secret).slice(0, 12)

/** A book over a store, with a pool of its own. */
export const openBook = async (store: KeyRecordStore, settings: KeySettings = named()) => {
  const { pool } = poolOf([])
  const book = new KeyBook(settings, { store, pool, box: testSecretBox, now: () => noon })
  await book.load()
  return { book, pool }
}

/** The keys of a pool in words: the secret, and where it is from. */
export const keysOf = (pool: KeyPool): readonly string[] =>
  [...pool.keys()]
    .map(({ entry }) => `${entry.secret.reveal()} ${entry.source}${entry.enabled ? '' : ' off'}`)
    .toSorted()

/** A store in memory that can be told to refuse. */
export const memoryStore = () => {
  const rows = new Map<string, Awaited<ReturnType<KeyRecordStore['loadKeys']>>[number]>()
  const state = { isAway: false, calls: 0 }
  const refuseWhenAway = async () => {
    state.calls++
    await Bun.sleep(1)
    if (state.isAway) throw new Error('the database is away')
  }
  const store: KeyRecordStore = {
    loadKeys: async () => [...rows.values()],
    saveKeys: async records => {
      await refuseWhenAway()
      for (const record of records) rows.set(record.keyId, record)
    },
    deleteKeys: async () => refuseWhenAway(),
  }
  return { store, state, rows }
}
