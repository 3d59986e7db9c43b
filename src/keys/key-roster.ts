import type { KeyKind } from '../storage/records.ts'
import { type Cursors, KeyGroup } from './key-group.ts'
import type { KeyEntry, Owner, PoolKey } from './pool-key.ts'
import { ReadySet } from './ready-set.ts'

/** Who is in the pool and where: keys under their owners, owners by slot, groups of owners in order of priority. */
export class KeyRoster {
  readonly #owners: (Owner | undefined)[] = []
  readonly #byName = new Map<string, Owner>()
  readonly #free = new ReadySet()
  readonly #taken = new ReadySet()
  readonly #groups = new Map<KeyKind, KeyGroup[]>()
  readonly #groupOf = new Map<Owner, KeyGroup>()
  readonly #onNewGroup: (group: KeyGroup) => void

  constructor(onNewGroup: (group: KeyGroup) => void) {
    this.#onNewGroup = onNewGroup
  }

  ownerAt(slot: number): Owner | undefined {
    return this.#owners[slot]
  }

  owner(name: string): Owner | undefined {
    return this.#byName.get(name)
  }

  /** All slots are below this. */
  get slots(): number {
    return this.#owners.length
  }

  get size(): number {
    return this.#byName.size
  }

  /** `limit` owners from the `offset`-th on, in the order of their slots. */
  page(offset: number, limit: number): readonly Owner[] {
    const found: Owner[] = []
    for (let slot = this.#taken.at(offset); slot !== -1 && found.length < limit; slot = this.#taken.next(slot + 1)) {
      const owner = this.#owners[slot]
      if (owner !== undefined) found.push(owner)
    }
    return found
  }

  get owners(): Iterable<Owner> {
    return this.#byName.values()
  }

  /** Lower priority first. */
  groups(kind: KeyKind): readonly KeyGroup[] {
    return this.#groups.get(kind) ?? []
  }

  /** Owners with a key for a bucket in which nobody cools. */
  readyCount(kind: KeyKind): number {
    return this.groups(kind).reduce((sum, group) => sum + group.readyCount, 0)
  }

  get allGroups(): readonly KeyGroup[] {
    return [...this.#groups.values()].flat()
  }

  groupOf(owner: Owner): KeyGroup | undefined {
    return this.#groupOf.get(owner)
  }

  /** Whether the owner is in the pool, and not one that is gone. */
  holds(owner: Owner): boolean {
    return this.#owners[owner.slot] === owner
  }

  /** Puts the key under the owner it belongs to; tells whom that is. */
  enter(key: PoolKey): Owner {
    const name = ownerNameOf(key)
    const owner = this.#byName.get(name) ?? this.#newOwner(name, key.entry.kind)
    owner.keys.push(key)
    key.owner = owner
    this.#regroup(owner)
    return owner
  }

  /** Takes the key from its owner; an owner without keys is gone. */
  leave(key: PoolKey): void {
    const { owner } = key
    owner.keys.splice(owner.keys.indexOf(key), 1)
    if (owner.keys.length > 0) {
      this.#regroup(owner)
      return
    }
    this.#groupOf.get(owner)?.refresh(owner.slot, false, () => false)
    this.#groupOf.delete(owner)
    this.#byName.delete(owner.name)
    this.#owners[owner.slot] = undefined
    this.#taken.delete(owner.slot)
    this.#free.add(owner.slot)
  }

  /** Whose turn it is, by kind and priority. */
  get cursors(): Readonly<Record<string, Cursors>> {
    return Object.fromEntries(
      [...this.#groups].flatMap(([kind, groups]) => groups.map(group => [`${kind} ${group.priority}`, group.cursors])),
    )
  }

  turnTo(cursors: Readonly<Record<string, Cursors>>): void {
    for (const [kind, groups] of this.#groups) {
      for (const group of groups) {
        const saved = cursors[`${kind} ${group.priority}`]
        if (saved !== undefined) group.turnTo(saved)
      }
    }
  }

  /** Moves the owner to the group of its priority. */
  #regroup(owner: Owner) {
    const priority = priorityOf(owner)
    const before = this.#groupOf.get(owner)
    if (before?.priority === priority) return
    before?.refresh(owner.slot, false, () => false)
    const groups = this.#groups.get(owner.kind) ?? []
    this.#groups.set(owner.kind, groups)
    const present = groups.find(group => group.priority === priority)
    const group = present ?? new KeyGroup(priority)
    this.#groupOf.set(owner, group)
    if (present !== undefined) return
    groups.push(group)
    groups.sort((left, right) => left.priority - right.priority)
    this.#onNewGroup(group)
  }

  #newOwner(name: string, kind: KeyKind): Owner {
    const free = this.#free.next(0)
    const slot = free === -1 ? this.#owners.length : free
    this.#free.delete(slot)
    this.#taken.add(slot)
    const owner: Owner = {
      name,
      kind,
      keys: [],
      slot,
      turn: 0,
      cooling: new Map(),
      uses: new Map(),
      suspended: null,
      isSure: true,
    }
    this.#owners[slot] = owner
    this.#byName.set(name, owner)
    return owner
  }
}

/** What a person said of the project goes before what was found out. */
export const projectOf = ({ entry, found }: { readonly entry: KeyEntry; readonly found: PoolKey['found'] }) =>
  entry.project ?? found?.name ?? null

/** Whether the project the key is taken for was inferred. */
export const isInferred = ({ entry, found }: PoolKey): boolean => entry.project === null && found?.how === 'inferred'

/** Whether nothing about who shares the owner's quota was inferred. */
export const isKnown = (owner: Owner): boolean => !owner.keys.some(isInferred)

const ownerNameOf = (key: PoolKey): string => {
  const project = projectOf(key)
  return project === null ? key.entry.keyId : `${key.entry.kind} ${project}`
}

/** A project whose keys have different priorities goes by the lowest: its quota is one. */
const priorityOf = (owner: Owner) => Math.min(...owner.keys.map(key => key.entry.priority))
