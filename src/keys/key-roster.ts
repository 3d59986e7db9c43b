import type { KeyKind } from '../storage/records.ts'
import { KeyGroup } from './key-group.ts'
import type { KeyEntry, Owner, PoolKey } from './pool-key.ts'

/** Who is in the pool and where: owners by slot, groups by kind in order of priority. Laid out anew when keys change. */
export type KeyRoster = {
  readonly owners: readonly Owner[]
  readonly groups: ReadonlyMap<KeyKind, readonly KeyGroup[]>
  readonly groupOf: ReadonlyMap<Owner, KeyGroup>
}

export const emptyRoster: KeyRoster = { owners: [], groups: new Map(), groupOf: new Map() }

/**
 * Assigns keys to owners. What is known of a key and of an owner that stay is kept; `keys` is changed to hold exactly
 * the entries.
 */
export const assignOwners = (
  entries: readonly KeyEntry[],
  keys: Map<string, PoolKey>,
  before: readonly Owner[],
): readonly Owner[] => {
  const wanted = new Map(entries.map(entry => [entry.keyId, entry]))
  for (const keyId of keys.keys()) if (!wanted.has(keyId)) keys.delete(keyId)
  const known = new Map(before.map(owner => [owner.name, owner]))
  const owners = new Map<string, Owner>()
  for (const entry of wanted.values()) {
    const name = ownerNameOf(entry)
    const owner = owners.get(name) ?? { ...(known.get(name) ?? newOwner(name, entry.kind)), keys: [] }
    owners.set(name, owner)
    const key = keys.get(entry.keyId) ?? newKey(entry, owner)
    key.entry = entry
    key.owner = owner
    owner.keys.push(key)
    keys.set(entry.keyId, key)
  }
  return [...owners.values()]
}

/** Gives every owner a slot and its group; the round goes on with the first owner that is still there. */
export const layOut = (owners: readonly Owner[], before: KeyRoster): KeyRoster => {
  const slots = new Map(owners.map((owner, slot) => [owner.name, slot]))
  const cursors = new Map([...before.groupOf].map(([owner, group]) => [groupNameOf(owner), group.cursor]))
  const groups = new Map<string, KeyGroup>()
  const groupOf = new Map<Owner, KeyGroup>()
  for (const [slot, owner] of owners.entries()) {
    owner.slot = slot
    const name = groupNameOf(owner)
    const group =
      groups.get(name) ?? new KeyGroup(priorityOf(owner), owners.length, resume(before, cursors.get(name), slots))
    groups.set(name, group)
    groupOf.set(owner, group)
  }
  const byKind = new Map<KeyKind, KeyGroup[]>()
  for (const [owner, group] of groupOf) {
    const list = byKind.get(owner.kind) ?? []
    if (!list.includes(group)) list.push(group)
    byKind.set(owner.kind, list)
  }
  for (const list of byKind.values()) list.sort((left, right) => left.priority - right.priority)
  return { owners, groups: byKind, groupOf }
}

const resume = (before: KeyRoster, cursor: number | undefined, slots: ReadonlyMap<string, number>): number => {
  const next = before.owners.slice(cursor ?? before.owners.length).find(({ name }) => slots.has(name))
  return next === undefined ? 0 : (slots.get(next.name) ?? 0)
}

const ownerNameOf = ({ project, kind, keyId }: KeyEntry) => (project === null ? keyId : `${kind} ${project}`)

/** A project whose keys have different priorities goes by the lowest: its quota is one. */
const priorityOf = (owner: Owner) => Math.min(...owner.keys.map(key => key.entry.priority))

const groupNameOf = (owner: Owner) => `${owner.kind} ${priorityOf(owner)}`

const newOwner = (name: string, kind: KeyKind): Owner => ({
  name,
  kind,
  keys: [],
  slot: -1,
  turn: 0,
  cooling: new Map(),
  suspended: null,
})

const newKey = (entry: KeyEntry, owner: Owner): PoolKey => ({
  entry,
  owner,
  death: null,
  cooling: new Map(),
  inFlight: 0,
  served: 0,
  failed: 0,
  softFailures: 0,
  lastUsedAt: null,
})
