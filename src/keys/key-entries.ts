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

/** The keys that the settings name, by their ids, in the order they are named. */
export const keysOfSettings = (
  settings: KeySettings,
  box: Pick<SecretBox, 'keyIdOf'>,
): ReadonlyMap<string, KeyEntry> => {
  const entries = new Map<string, KeyEntry>()
  const enter = (secrets: readonly string[], kind: KeyKind, priority: number) => {
    for (const secret of secrets.map(text => text.trim()).filter(text => text !== '')) {
      const keyId = box.keyIdOf(secret)
      const rest = { kind, priority, source: 'environment', project: null, enabled: true } as const
      entries.set(keyId, { keyId, secret: new Secret(secret), fingerprint: fingerprintOfKey(keyId), ...rest })
    }
  }
  enter(settings.API_KEYS, 'gemini', 0)
  // Behind API_KEYS, which may name it too: it is a paid key all the same.
  enter([settings.PAID_KEY], 'gemini', paidPriority)
  enter(settings.VERTEX_API_KEYS, 'vertex-express', 0)
  return entries
}

/**
 * Enters what the database says. A key of both is one key, and what the database says of it holds: a key that a person
 * deleted or switched off stays so, though the environment still names it. A record without a secret says something of a
 * key of the settings; when they name it no more, it is gone.
 */
export const enterRecords = (
  entries: Map<string, KeyEntry>,
  records: Iterable<KeyRecord>,
  ofSettings: ReadonlyMap<string, KeyEntry>,
): void => {
  for (const { keyId, secret: text, deleted, kind, project, priority, enabled } of records) {
    const named = ofSettings.get(keyId)
    const secret = text === '' ? named?.secret : new Secret(text)
    if (deleted || secret === undefined) {
      entries.delete(keyId)
      continue
    }
    const source = named === undefined ? 'database' : 'environment'
    entries.set(keyId, {
      keyId,
      secret,
      fingerprint: fingerprintOfKey(keyId),
      kind,
      project,
      priority,
      enabled,
      source,
    })
  }
}

/** What names a key for people: the beginning of its id, which is the same as `fingerprintOf` its secret. */
export const fingerprintOfKey = (keyId: string): string => keyId.slice(0, 12)
