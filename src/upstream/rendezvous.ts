/**
 * Which of several places a name belongs to: the one with the highest score. A new place takes over only the names that
 * now score highest there, and nothing else moves (rendezvous hashing, Thaler and Ravishankar 1996). The functions are
 * written out because a hash of the runtime may change with its version, and all keys would move.
 */
export const scoreOf = (nameHash: number, placeHash: number): number => mix(nameHash ^ placeHash)

/** 32 bits of a text: FNV-1a over its code units, mixed. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return mix(hash)
}

/** The finalizer of MurmurHash3: every bit of the input moves half of the bits that come out. */
const mix = (value: number): number => {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
