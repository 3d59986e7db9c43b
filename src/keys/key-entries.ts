import { fingerprintOf, Secret } from '../security/secret.ts'
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
  stored: readonly KeyRecord[],
  box: Pick<SecretBox, 'hmacKey' | 'keyIdOf'>,
): readonly KeyEntry[] => {
  const entries = new Map<string, KeyEntry>()
  const enter = (secret: string, rest: Pick<KeyEntry, 'kind' | 'source' | 'project' | 'priority' | 'enabled'>) => {
    const keyId = box.keyIdOf(secret)
    entries.set(keyId, { keyId, secret: new Secret(secret), fingerprint: fingerprintOf(secret, box.hmacKey), ...rest })
  }
  const enterNamed = (secrets: readonly string[], kind: KeyKind, priority: number) => {
    for (const secret of secrets.map(text => text.trim()).filter(text => text !== '')) {
      enter(secret, { kind, priority, source: 'environment', project: null, enabled: true })
    }
  }
  enterNamed([settings.PAID_KEY], 'gemini', paidPriority)
  enterNamed(settings.API_KEYS, 'gemini', 0)
  enterNamed(settings.VERTEX_API_KEYS, 'vertex-express', 0)
  for (const { keyId, secret, deleted, kind, project, priority, enabled } of stored) {
    if (deleted) entries.delete(keyId)
    else enter(secret, { kind, project, priority, enabled, source: entries.has(keyId) ? 'environment' : 'database' })
  }
  return [...entries.values()]
}
