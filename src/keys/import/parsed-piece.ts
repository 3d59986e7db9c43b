import type { Secret } from '../../security/secret.ts'
import type { KeyFields } from './key-fields.ts'

/** One piece of a pasted text. `line` is counted from 1. */
export type ParsedPiece = KeyPiece | RefusedPiece

export type KeyPiece = {
  readonly kind: 'key'
  readonly line: number
  readonly secret: Secret
  /** What the text says of this key; what it does not say is not there. */
  readonly fields: KeyFields
}

export type RefusedPiece = {
  readonly kind: 'refused'
  readonly line: number
  /** Hidden like a key: it may be a key that somebody broke. */
  readonly text: Secret
  /** For people; holds nothing of the text. */
  readonly reason: string
}
