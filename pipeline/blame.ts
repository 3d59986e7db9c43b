import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import type { EgressOutcome } from '#src/upstream/egress.ts'

/** What an attempt says of the way it went. */
export const egressOutcome = (outcome: AttemptOutcome, verdict: Verdict, keyId: string): EgressOutcome => {
  switch (outcome.kind) {
    case 'unreachable':
      return { kind: 'failed', reason: outcome.reason }
    case 'timeout':
      return outcome.limit === 'connect' ? { kind: 'failed', reason: 'connect-timeout' } : { kind: 'doubtful' }
    case 'cut':
    case 'stalled':
      return { kind: 'doubtful' }
    case 'client-gone':
    case 'gateway-failed':
      return { kind: 'unknown' }
    case 'answered':
      return { kind: 'answered' }
    case 'refused':
      if (verdict.name === 'front-end-error') return { kind: 'failed', reason: `http-${outcome.status}` }
      if (verdict.name === 'busy') return { kind: 'crowded', keyId }
      return { kind: verdict.name === 'location' ? 'location' : 'answered' }
  }
}

/** What an attempt says of the model: failing with this reason, well, or nothing. */
export const modelReport = (
  outcome: AttemptOutcome,
  verdict: Verdict,
): { readonly kind: 'fails'; readonly reason: string } | { readonly kind: 'well' | 'nothing' } => {
  if (outcome.kind === 'answered') return { kind: 'well' }
  if (outcome.kind === 'refused' && verdict.name === 'upstream-failing') {
    return { kind: 'fails', reason: `http-${outcome.status}` }
  }
  if (outcome.kind === 'timeout' && outcome.limit === 'first-byte')
    return { kind: 'fails', reason: 'first-byte-timeout' }
  return { kind: 'nothing' }
}

/** Whether the request arrived at Google at all, so that it may have been counted. */
export const hasReached = (outcome: AttemptOutcome): boolean =>
  outcome.kind !== 'unreachable' && !(outcome.kind === 'timeout' && outcome.limit === 'connect')
