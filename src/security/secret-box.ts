import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, scryptSync } from 'node:crypto'
import { readOrCreateKeyFile } from './key-file.ts'

/** Encrypts what must be read back (keys, passwords) and names secrets without holding them. */
export type SecretBox = {
  /** Encrypts a text. Two calls with one text give two different results. */
  readonly seal: (text: string) => string
  /**
   * Decrypts what `seal` made.
   * @throws SecretBoxError when it was sealed with another key, was changed, or was never sealed
   */
  readonly open: (sealed: string) => string
  readonly isSealed: (text: string) => boolean
  /** For fingerprints and token hashes of this installation; see `secret.ts`. */
  readonly hmacKey: Uint8Array
  /** The stable id of a secret: 32 hexadecimal digits, of which `fingerprintOf` shows the first twelve. */
  readonly keyIdOf: (secret: string) => string
}

export type SecretBoxOptions = {
  /** The value of `ENCRYPTION_KEY`; when undefined or empty, a key file in the data directory is used. */
  readonly encryptionKey: string | undefined
  readonly dataDirectory: string
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError'
}

/**
 * Opens the installation's secret box. Makes `encryption.key` (mode 0600) on the first start without `ENCRYPTION_KEY`;
 * two processes that start together end up with the same file.
 * @throws SecretBoxError when the key file is damaged; a file system error when it can be neither read nor made
 */
export const openSecretBox = ({ encryptionKey, dataDirectory }: SecretBoxOptions): SecretBox => {
  const master = encryptionKey ? stretch(encryptionKey) : readOrCreateKeyFile(dataDirectory)
  const cipherKey = derive(master, 'gemini-balance encryption v1')
  const hmacKey = derive(master, 'gemini-balance identity v1')
  return {
    seal: text => seal(text, cipherKey),
    open: sealed => open(sealed, cipherKey),
    isSealed: text => text.startsWith(prefix),
    hmacKey,
    keyIdOf: secret => createHmac('sha256', hmacKey).update(secret).digest('hex').slice(0, 32),
  }
}

const prefix = 'enc:v1:'
const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * A person chose this key, so guessing it is made expensive. The salt is fixed on purpose: several instances that share
 * one database must reach the same key without sharing a file.
 */
const stretch = (passphrase: string) => scryptSync(passphrase, 'gemini-balance', 32, { N: 16_384, r: 8, p: 1 })

const derive = (master: Uint8Array, purpose: string) => new Uint8Array(hkdfSync('sha256', master, '', purpose, 32))

const seal = (text: string, key: Uint8Array) => {
  const nonce = randomBytes(nonceBytes)
  const encryption = createCipheriv(cipher, key, nonce)
  const sealed = Buffer.concat([nonce, encryption.update(text, 'utf8'), encryption.final(), encryption.getAuthTag()])
  return prefix + sealed.toString('base64url')
}

const open = (sealed: string, key: Uint8Array) => {
  const bytes = Buffer.from(sealed.startsWith(prefix) ? sealed.slice(prefix.length) : '', 'base64url')
  if (bytes.length < nonceBytes + tagBytes) throw new SecretBoxError('This value was not sealed by gemini-balance.')
  const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decryption.setAuthTag(bytes.subarray(-tagBytes))
  try {
    const text = decryption.update(bytes.subarray(nonceBytes, -tagBytes))
    return Buffer.concat([text, decryption.final()]).toString('utf8')
  } catch {
    throw new SecretBoxError(
      'A stored secret cannot be decrypted: it was encrypted with another key. ' +
        'Restore the ENCRYPTION_KEY or the file encryption.key this data directory was used with.',
    )
  }
}
