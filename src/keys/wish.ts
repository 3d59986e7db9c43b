import type { KeyKind, KeyStateRecord } from '../storage/records.ts'
import type { Choice } from './choice.ts'
import type { Cursors } from './key-group.ts'
import type { Lease } from './lease.ts'

export type Wish = {
  readonly kind: KeyKind
  /** Without suffixes; '' where the call names none. */
  readonly model: string
  /** Whether Google counts the call against the model's quota; it does unless said otherwise. */
  readonly isCounted?: boolean
  /** Names of owners that were tried already in this exchange. */
  readonly avoid?: ReadonlySet<string>
  /** Only this owner will do: it holds the file or cache the request names. */
  readonly owner?: string
  /** Of the client and its conversation, 32 bits: the policy `affinity` keeps both with one owner. */
  readonly affinity?: number
}

export type Acquisition =
  | { readonly kind: 'leased'; readonly lease: Lease }
  /**
   * Somebody will be back at `retryAt` (milliseconds since 1970 UTC); where nobody is expected, that is only a moment at
   * which asking again does no harm.
   */
  | { readonly kind: 'cooling'; readonly retryAt: number; readonly isExpected: boolean; readonly choice: Choice }
  /** No key is alive. */
  | { readonly kind: 'none-alive' }

/** Everything that decides who is chosen next: with it, the same wishes get the same keys. In-flight requests are not in it. */
export type PoolSnapshot = {
  readonly states: readonly KeyStateRecord[]
  readonly cursors: Readonly<Record<string, Cursors>>
  /** By owner: whose turn it is among its keys. */
  readonly turns: Readonly<Record<string, number>>
}
