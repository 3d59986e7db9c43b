import { Secret } from '../security/secret.ts'
import type { SecretBox } from '../security/secret-box.ts'
import type { KeyKind, KeyRecord } from '../storage/records.ts'
import type { KeyEntry } from './pool-key.ts'

/** The settings that name keys. */
export type KeySettings = {
  readonly API_KEYS: readonly string[]
  readonly VERTEX_API_KEYS: readonly string[]
  readonly PAID_KEY: string
}

/** Paid keys wait until the free ones can do no more. */
const paidPriority = 1

/**
 * The keys of the settings and of the database as the pool wants them. A key of both is one key, and what the database
 * says of it holds: a key that a person deleted or switched off stays so, though the environment still names it.
 */
export const collectKeys = (
  settings: KeySettings,
  stored: Iterable<KeyRecord>,
  box: Pick<SecretBox, 'keyIdOf'>,
): readonly KeyEntry[] => {
  const entries = new Map<string, KeyEntry>()
  const enterNamed = (secrets: readonly string[], kind: KeyKind, priority: number) => {
    for (const secret of secrets.map(text => text.trim()).filter(text => text !== '')) {
      const keyId = box.keyIdOf(secret)
      const rest = { kind, priority, source: 'environment', project: null, enabled: true } as const
      entries.set(keyId, { keyId, secret: new Secret(secret), fingerprint: fingerprintOfKey(keyId), ...rest })
    }
  }
  enterNamed([settings.PAID_KEY], 'gemini', paidPriority)
  enterNamed(settings.API_KEYS, 'gemini', 0)
  enterNamed(settings.VERTEX_API_KEYS, 'vertex-express', 0)
  for (const { keyId, secret, deleted, kind, project, priority, enabled } of stored) {
    if (deleted) entries.delete(keyId)
    else {
      const source = entries.has(keyId) ? 'environment' : 'database'
      const rest = { kind, project, priority, enabled, source } as const
      entries.set(keyId, { keyId, secret: new Secret(secret), fingerprint: fingerprintOfKey(keyId), ...rest })
    }
  }
  return [...entries.values()]
}

/** What names a key for people: the beginning of its id, which is the same as `fingerprintOf` its secret. */
export const fingerprintOfKey = (keyId: string): string => keyId.slice(0, 12)
