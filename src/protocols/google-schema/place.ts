import type { Definitions } from './definitions.ts'
import type { RawSchema } from './raw-schema.ts'
import type { SchemaBudget } from './schema-budget.ts'

/** Where in the work a schema stands. */
export type Place = {
  readonly definitions: Definitions
  readonly depth: number
  /** The schemas whose own text is being converted right now: putting one of them inside itself would never end. */
  readonly within: Within | undefined
  readonly budget: SchemaBudget
}

export type Within = { readonly raw: RawSchema; readonly outer: Within | undefined }
