import type { FunctionNames } from '../../function-names.ts'
import type { Capabilities } from '../../gemini/capabilities.ts'
import type { SchemaBudget } from '../../google-schema/schema-budget.ts'
import type { Ignored } from './ignored.ts'
import type { Media } from './media.ts'

/** What one conversion knows and collects beside the value it is reading. */
export type Conversion = {
  readonly can: Capabilities
  readonly names: FunctionNames
  readonly ignored: Ignored
  /** For all schemas of the request together. */
  readonly schemaBudget: SchemaBudget
  /** What was fetched, by the address the client wrote. */
  readonly media: ReadonlyMap<string, Media>
  /** The thought signature that came with a call, where it is remembered. */
  readonly signatureOf: (callId: string) => string | undefined
}

/** A part of Gemini's contents. */
export type Part = Readonly<Record<string, unknown>>

export type Content = { readonly role: 'user' | 'model'; readonly parts: readonly Part[] }
