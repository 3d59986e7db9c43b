import type { Cooling, Death, PoolKey } from './pool-key.ts'

/** What is remembered of a key over a restart. */
export type KeyState = {
  readonly death: Death | null
  readonly cooling: Readonly<Record<string, Cooling>>
  /** The owner's, kept with each key that saw it. */
  readonly ownerCooling: Readonly<Record<string, Cooling>>
  readonly suspended: Cooling | null
}

export const writeKeyState = (key: PoolKey): string => {
  const state: KeyState = {
    death: key.death,
    cooling: Object.fromEntries(key.cooling),
    ownerCooling: Object.fromEntries(key.owner.cooling),
    suspended: key.owner.suspended,
  }
  return JSON.stringify(state)
}

/**
 * Reads a stored state; what lies in the past at `now` is left out.
 * @returns null when the text is not a state: the key then starts fresh
 */
export const readKeyState = (text: string, now: number): KeyState | null => {
  try {
    const state = JSON.parse(text) as Partial<KeyState>
    const isAhead = (moment: { readonly until: number } | null | undefined) => (moment?.until ?? 0) > now
    const ahead = (coolings: Readonly<Record<string, Cooling>> | undefined) =>
      Object.fromEntries(Object.entries(coolings ?? {}).filter(([, cooling]) => isAhead(cooling)))
    return {
      death: isAhead(state.death) ? (state.death ?? null) : null,
      cooling: ahead(state.cooling),
      ownerCooling: ahead(state.ownerCooling),
      suspended: isAhead(state.suspended) ? (state.suspended ?? null) : null,
    }
  } catch {
    return null
  }
}
