import type { KeyKind } from '../storage/records.ts'
import type { PolicyName } from './policies.ts'
import type { Readiness } from './readiness.ts'

/**
 * Why a key was chosen, or why none was: what the pool looked like for the bucket at that moment. Small, made for every
 * attempt, and kept with the log row.
 */
export type Choice = {
  readonly policy: PolicyName
  readonly bucket: string
  /** Priority of the group that was chosen from; null when nobody was chosen. */
  readonly priority: number | null
  /** Slot from which on the round went, and the slot of the chosen owner; -1 when nobody was chosen. */
  readonly cursor: number
  readonly slot: number
  /** Owners that were ready for the bucket, over all groups, of so many in the pool. */
  readonly ready: number
  readonly owners: number
  /** Keys that are out of service, and such that a person switched off. */
  readonly dead: number
  readonly disabled: number
  /** Owners left out because they were tried before in this exchange. */
  readonly tried: number
}

export const makeChoice = (
  { kind, avoid }: { readonly kind: KeyKind; readonly avoid?: ReadonlySet<string> },
  bucket: string,
  policy: PolicyName,
  { roster, index }: Readiness,
  chosen: Pick<Choice, 'priority' | 'cursor' | 'slot'>,
): Choice => {
  let ready = 0
  for (const group of roster.groups(kind)) ready += group.rotation(bucket).ready.size
  return {
    policy,
    bucket,
    priority: chosen.priority,
    cursor: chosen.cursor,
    slot: chosen.slot,
    ready,
    owners: roster.size,
    dead: index.count('dead'),
    disabled: index.count('disabled'),
    tried: avoid?.size ?? 0,
  }
}

export type SavedChoice = readonly [
  policy: PolicyName,
  bucket: string,
  priority: number | null,
  cursor: number,
  slot: number,
  ready: number,
  owners: number,
  dead: number,
  disabled: number,
  tried: number,
]

/** A client may call a model what it likes; the row has an end. */
const mostBucketLength = 200

/** As it stands in the trace of a log row. */
export const saveChoice = (choice: Choice): SavedChoice => [
  choice.policy,
  choice.bucket.slice(0, mostBucketLength),
  choice.priority,
  choice.cursor,
  choice.slot,
  choice.ready,
  choice.owners,
  choice.dead,
  choice.disabled,
  choice.tried,
]

/** For people: `round-robin among 12 of 40 ready, 3 dead`. */
export const describeChoice = ({ policy, priority, ready, owners, dead, disabled, tried }: Choice): string => {
  let text = `${policy} among ${ready} of ${owners} ready`
  if (priority !== null && priority !== 0) text += `, priority ${priority}`
  if (dead > 0) text += `, ${dead} dead`
  if (disabled > 0) text += `, ${disabled} disabled`
  if (tried > 0) text += `, ${tried} tried before`
  return text
}
