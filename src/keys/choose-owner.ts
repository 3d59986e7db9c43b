import type { Rotation } from './key-group.ts'
import type { KeyRoster } from './key-roster.ts'
import { type PolicyName, policies } from './policies.ts'
import type { Owner } from './pool-key.ts'
import type { QuotaBook } from './quota-book.ts'
import type { Wish } from './wish.ts'

export type Chooser = {
  readonly roster: KeyRoster
  readonly policy: PolicyName
  readonly bucket: string
  readonly now: number
  readonly quotas: QuotaBook
}

/** The owner of the group that the wish gets: the one it names, or the policy's choice among the ready ones. */
export const chooseOwner = (
  { owner: wished, avoid, affinity }: Wish,
  rotation: Rotation,
  { roster, policy, bucket, now, quotas }: Chooser,
): Owner | undefined => {
  if (wished !== undefined) {
    const owner = roster.owner(wished)
    return owner !== undefined && rotation.ready.has(owner.slot) ? owner : undefined
  }
  const slot = policies[policy]({
    rotation,
    slots: roster.slots,
    accepts: candidate => avoid === undefined || avoid.size === 0 || !avoid.has(roster.ownerAt(candidate)?.name ?? ''),
    shareLeft: candidate => {
      const owner = roster.ownerAt(candidate)
      return owner === undefined ? 0 : quotas.shareLeft(owner, bucket, now)
    },
    affinity,
  })
  return roster.ownerAt(slot)
}
