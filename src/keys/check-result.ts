import type { AttemptOutcome, Verdict, VerdictName } from './verdict.ts'

/** What a check can find. `unknown`: the answer says nothing about the key. */
export type CheckVerdict = 'healthy' | 'dead' | 'unknown'

export type CheckResult = {
  readonly keyId: string
  readonly fingerprint: string
  readonly verdict: CheckVerdict
  /** What exactly was found, for example `key-invalid`. */
  readonly finding: VerdictName
  /** A sentence for people: why, and what helps; null for a healthy key. Holds nothing that upstream wrote. */
  readonly reason: string | null
}

/** The part of a result that follows from the answer alone. */
export type CheckFinding = Pick<CheckResult, 'verdict' | 'finding' | 'reason'> & {
  /** What the pool must be told; null when the answer says nothing that it should act upon. */
  readonly report: Verdict | null
}

/**
 * What the outcome of a check says of the key. Only what is proven touches the pool: an accepted key, a dead one, and, of
 * a deep check, a used-up quota.
 */
export const readFinding = (outcome: AttemptOutcome, verdict: Verdict, deep: boolean): CheckFinding => {
  const finding = verdict.name
  if (finding === 'healthy' || finding === 'blocked') {
    return { verdict: 'healthy', finding: 'healthy', reason: null, report: accepted }
  }
  if (verdict.effect.kind === 'kill') {
    return { verdict: 'dead', finding, reason: verdict.effect.remedy, report: verdict }
  }
  const report = deep && quotas.has(finding) ? verdict : null
  return { verdict: 'unknown', finding, reason: whyUnknown(outcome, verdict), report }
}

const accepted: Verdict = { name: 'healthy', blames: 'nobody', retry: 'never', effect: { kind: 'healthy' } }

const quotas: ReadonlySet<VerdictName> = new Set(['quota-per-day', 'quota-per-minute', 'no-quota', 'billing'])

const whyUnknown = (outcome: AttemptOutcome, { name }: Verdict): string => {
  if (outcome.kind === 'unreachable') return `Google could not be reached (${outcome.reason}).`
  if (outcome.kind === 'timeout') return 'Google did not answer in time.'
  return (
    sentences[name] ??
    `The answer${outcome.kind === 'refused' ? ` (status ${outcome.status})` : ''} says nothing about the key.`
  )
}

const quotaSentence = 'Google takes the key, but its quota for the test model is used up for now.'

const sentences: Readonly<Partial<Record<VerdictName, string>>> = {
  'quota-per-day': quotaSentence,
  'quota-per-minute': quotaSentence,
  'no-quota': 'Google takes the key, but its tier does not have the test model.',
  billing: 'Google takes the key, but its project is not paid for, or has reached its limit of spending.',
  busy: 'Google is too busy to say.',
  location: 'Google does not serve the place this gateway, or its proxy, calls from.',
  'model-not-found': 'Google does not have the test model for this key. Set TEST_MODEL to another one.',
  forbidden: 'Google refuses this call for lack of permission, without saying that the key is at fault.',
  'upstream-failing': 'Google failed to answer.',
  'front-end-error': 'Something else than the Gemini API answered, for example a proxy.',
  empty: 'The answer was empty.',
  cut: 'The answer broke off.',
  'gateway-failed': 'The gateway itself failed; see its log.',
}
