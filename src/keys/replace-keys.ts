import { nowhere } from './key-index.ts'
import { projectOf } from './key-roster.ts'
import type { KeyEntry, Owner, PoolKey } from './pool-key.ts'
import type { Readiness } from './readiness.ts'

/** Makes `keys` hold exactly the entries, and the readiness with it. What is known of keys that stay is kept. */
export const replaceKeys = (entries: readonly KeyEntry[], keys: Map<string, PoolKey>, readiness: Readiness): void => {
  const wanted = new Map(entries.map(entry => [entry.keyId, entry]))
  for (const [keyId, key] of keys) {
    if (wanted.has(keyId)) continue
    readiness.remove(key)
    keys.delete(keyId)
  }
  for (const entry of wanted.values()) {
    const key = keys.get(entry.keyId)
    if (key === undefined) {
      const added = newKey(entry)
      keys.set(entry.keyId, added)
      readiness.add(added)
    } else if (isMoved(key, entry)) {
      readiness.change(key, () => {
        key.entry = entry
      })
    } else {
      key.entry = entry
    }
  }
}

const isMoved = (key: PoolKey, entry: KeyEntry): boolean =>
  key.entry.enabled !== entry.enabled ||
  key.entry.priority !== entry.priority ||
  key.entry.kind !== entry.kind ||
  projectOf(key) !== projectOf({ entry, found: key.found })

const newKey = (entry: KeyEntry): PoolKey => ({
  entry,
  owner: nobody,
  found: null,
  death: null,
  checkedAt: null,
  cooling: new Map(),
  inFlight: 0,
  served: 0,
  failed: 0,
  softFailures: 0,
  lastUsedAt: null,
  isUnsaved: false,
  place: nowhere,
})

/** Until the roster has put the key under its own. */
const nobody: Owner = {
  name: '',
  kind: 'gemini',
  keys: [],
  slot: -1,
  turn: 0,
  cooling: new Map(),
  uses: new Map(),
  suspended: null,
  isSure: true,
}
