import { expect, test } from 'bun:test'
import { keysOfSettings } from '#src/keys/key-entries.ts'
import { testSecretBox } from '#tests/storage/_databases.ts'

const paid = 'AQ.entries-paid-0123456789'
const free = 'AQ.entries-free-0123456789'

test.each([
  ['nothing else', {}],
  ['API_KEYS', { API_KEYS: [paid, free] }],
])('a paid key that %s names too waits until the free ones can do no more', (_name, more) => {
  const settings = { API_KEYS: [free], VERTEX_API_KEYS: [], PAID_KEY: ` ${paid} `, ...more }
  const entries = [...keysOfSettings(settings, testSecretBox).values()]
  expect(entries.map(({ secret, kind, priority }) => [secret.reveal(), kind, priority]).toSorted()).toEqual([
    [free, 'gemini', 0],
    [paid, 'gemini', 1],
  ])
})
