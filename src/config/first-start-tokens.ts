import { randomBytes } from 'node:crypto'
import { Secret } from '#src/security/secret.ts'
import { securitySettings } from './security-settings.ts'
import type { Settings } from './settings.ts'

/** A token that was made because none was set. It is to be shown to a person once, now. */
export type GeneratedToken = { readonly setting: 'AUTH_TOKEN' | 'ALLOWED_TOKENS'; readonly token: Secret }

/**
 * Makes the tokens that nobody set and keeps them in the database. The admin token must never be empty, whatever
 * emptied it; a list of client tokens that a person left empty stays empty, as the admin token opens the APIs too.
 * Call it after the stored settings were applied.
 */
export const ensureTokens = async (settings: Settings): Promise<readonly GeneratedToken[]> => {
  const generated: GeneratedToken[] = []
  const changes = new Map<string, unknown>()
  if (settings.view(securitySettings).AUTH_TOKEN === '') {
    const token = generateToken()
    generated.push({ setting: 'AUTH_TOKEN', token: new Secret(token) })
    changes.set('AUTH_TOKEN', token)
  }
  if (settings.originOf('ALLOWED_TOKENS') === 'default') {
    const token = generateToken()
    generated.push({ setting: 'ALLOWED_TOKENS', token: new Secret(token) })
    changes.set('ALLOWED_TOKENS', [token])
  }
  if (changes.size > 0) await settings.change(changes)
  return generated
}

/** `sk-` and 48 characters that hold 288 random bits. */
const generateToken = (): string => `sk-${randomBytes(36).toString('base64url')}`
