import type { Definitions } from './definitions.ts'
import type { RawSchema } from './raw-schema.ts'

/** Where in the work a schema stands. */
export type Place = {
  readonly definitions: Definitions
  readonly depth: number
  /** The schemas whose own text is being converted right now: putting one of them inside itself would never end. */
  readonly within: Within | undefined
  /** Whether this is written in place of a reference. */
  readonly isCopy: boolean
  /** How many schemas have been written in place of references; shared by the whole conversion. */
  readonly copies: { count: number }
}

export type Within = { readonly raw: RawSchema; readonly outer: Within | undefined }
