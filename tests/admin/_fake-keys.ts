import type { KeyCondition, KeyOverview, KeyView } from '#src/keys/key-view.ts'

/** Half past two in the afterafternoon UTC, 23 November 2026. */
export const afternoon = Date.UTC(2026, 10, 23, 14, 30, 0)

const minute = 60_000

/** A ready key that was never used; a test says what is different about its own. */
export const key = (keyId: string, different: Partial<KeyView> = {}): KeyView => ({
  keyId,
  fingerprint: `f00d${keyId.padStart(8, '0')}`,
  kind: 'gemini',
  source: 'environment',
  project: null,
  projectIs: 'unknown',
  priority: 0,
  condition: 'ready',
  reason: null,
  verdict: null,
  deadSince: null,
  checkedAt: null,
  cooling: [],
  buckets: [],
  inFlight: 0,
  served: 0,
  failed: 0,
  lastUsedAt: null,
  ...different,
})

/** One key of each kind of trouble. */
export const mixedKeys: readonly KeyView[] = [
  key('1', { project: 'lighthouse-prod', inFlight: 3, served: 18_204, failed: 12, lastUsedAt: afternoon - 900 }),
  key('2', { project: 'lighthouse-prod', inFlight: 1, served: 17_950, failed: 9, lastUsedAt: afternoon - 4 * 1000 }),
  key('3', {
    condition: 'cooling',
    project: 'harbour',
    served: 251,
    failed: 2,
    lastUsedAt: afternoon - 8 * minute,
    cooling: [
      { bucket: 'gemini-3-pro', until: afternoon + 17 * 60 * minute + 30 * minute, reason: 'quota-per-day' },
      { bucket: 'gemini-3-flash', until: afternoon + 41_000, reason: 'quota-per-minute' },
    ],
  }),
  key('4', {
    condition: 'cooling',
    source: 'database',
    served: 77,
    failed: 31,
    lastUsedAt: afternoon - 26 * minute,
    cooling: [{ bucket: 'gemini-3-pro', until: afternoon + 9 * minute + 4000, reason: 'forbidden' }],
  }),
  key('5', {
    condition: 'dead',
    source: 'database',
    reason: 'Google suspended this key (CONSUMER_SUSPENDED). Make a new one in another project.',
    failed: 1,
    lastUsedAt: afternoon - 3 * 24 * 60 * minute,
  }),
  key('6', { condition: 'disabled', kind: 'vertex-express', source: 'database', priority: 1, served: 4096 }),
]

/** An overview over whatever `read` answers at the moment. */
export const overviewOf = (read: () => readonly KeyView[]): KeyOverview => {
  const count = (condition: KeyCondition) => read().filter(row => row.condition === condition).length
  const counts = () => ({
    total: read().length,
    ready: count('ready'),
    cooling: count('cooling'),
    dead: count('dead'),
    disabled: count('disabled'),
  })
  return {
    counts,
    page: ({ offset, limit, condition }) => {
      const matching = read().filter(row => condition === undefined || row.condition === condition)
      return {
        rows: matching.slice(offset, offset + limit),
        matching: matching.length,
        counts: counts(),
        at: afternoon,
      }
    },
    rows: keyIds => read().filter(row => keyIds.includes(row.keyId)),
    owners: () => ({ rows: [], matching: 0 }),
    capacity: () => [],
  }
}
