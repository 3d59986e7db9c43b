import type { Lease } from '#src/keys/lease.ts'
import type { VerdictName } from '#src/keys/verdict.ts'
import type { Answer } from './google.ts'

/** One request of a client, through all its attempts. */
export type Call = {
  readonly number: number
  readonly client: number
  /** Place in the list of models. */
  readonly model: number
  /** The same for all requests of one conversation: 32 bits. */
  readonly conversation: number
  /** Not the first of its conversation. */
  readonly isFollowUp: boolean
  /** The Pacific day of its arrival, from 0. */
  readonly day: number
  /** What happens to it next. */
  step: 'try' | 'reach-google' | 'hear'
  /** Attempts so far. */
  attempt: number
  key: number
  askedAt: number
  answer: Answer
  /** What the gateway's retry loop remembers of this request. The original's rule needs nothing of it. */
  lease: Lease | null
  avoid: Set<string> | null
  failures: VerdictName[] | null
}

export const newCall = (
  about: Pick<Call, 'number' | 'client' | 'model' | 'conversation' | 'isFollowUp' | 'day'>,
): Call => ({
  ...about,
  step: 'try',
  attempt: 0,
  key: -1,
  askedAt: 0,
  answer: 'served',
  lease: null,
  avoid: null,
  failures: null,
})
