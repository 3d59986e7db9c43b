import type { KeyKind } from '../storage/records.ts'
import type { KeyBook } from './key-book.ts'
import { conditionOf } from './key-index.ts'
import type { KeyPool } from './key-pool.ts'
import { projectOf } from './key-roster.ts'
import type { KeyCondition } from './key-view.ts'
import type { PoolKey } from './pool-key.ts'

/**
 * Which keys are meant. Every part that is there must hold; a part that is a list holds when one of its values does.
 * No part at all means every key.
 */
export type KeySelection = {
  /** Ids or fingerprints. */
  readonly keys?: readonly string[]
  readonly condition?: readonly KeyCondition[]
  /** Names of verdicts: why it is dead, or why it cools for one model at least. */
  readonly reason?: readonly string[]
  readonly tag?: readonly string[]
  /** Null: keys without a project. */
  readonly project?: readonly (string | null)[]
  readonly kind?: readonly KeyKind[]
  readonly source?: readonly ('environment' | 'database')[]
  /** A part of the note, in upper or lower case. */
  readonly note?: string
}

export type SelectionTools = {
  readonly pool: Pick<KeyPool, 'keys'>
  readonly book: Pick<KeyBook, 'records'>
}

/** The ids of all keys that are meant, in the order of the pool. */
export const selectKeys = (selection: KeySelection, { pool, book }: SelectionTools): readonly string[] => {
  const named = selection.keys && new Set(selection.keys)
  const found: string[] = []
  for (const key of pool.keys()) {
    const { keyId, fingerprint } = key.entry
    if (named && !named.has(keyId) && !named.has(fingerprint)) continue
    if (isMeant(key, selection)) found.push(keyId)
  }
  const { tag, note } = selection
  if (tag === undefined && note === undefined) return found
  const words = note?.toLowerCase() ?? ''
  return book
    .records(found)
    .filter(record => tag === undefined || tag.some(one => record.tags.includes(one)))
    .filter(record => record.note.toLowerCase().includes(words))
    .map(({ keyId }) => keyId)
}

const isMeant = (key: PoolKey, { condition, reason, project, kind, source }: KeySelection): boolean =>
  (condition === undefined || condition.includes(conditionOf(key))) &&
  (project === undefined || project.includes(projectOf(key))) &&
  (kind === undefined || kind.includes(key.entry.kind)) &&
  (source === undefined || source.includes(key.entry.source)) &&
  (reason === undefined || reasonsOf(key).some(one => reason.includes(one)))

const reasonsOf = ({ death, cooling, owner }: PoolKey): readonly string[] =>
  [death, owner.suspended, ...owner.cooling.values(), ...cooling.values()].flatMap(one => one?.reason ?? [])
