import type { Secret } from '../security/secret.ts'
import { bytesWithoutSecret, longestForm } from './without-secret.ts'

/** Blanks a secret out of bytes that come in pieces. Holds back as many bytes as may be the beginning of one. */
export class SecretSieve {
  readonly #secret: Secret
  readonly #overlap: number
  #kept: Buffer = Buffer.alloc(0)

  constructor(secret: Secret) {
    this.#secret = secret
    this.#overlap = Math.max(0, longestForm(secret) - 1)
  }

  /** What may go on now. */
  push(chunk: Uint8Array): Buffer {
    const bytes = bytesWithoutSecret(Buffer.concat([this.#kept, chunk]), this.#secret)
    const end = Math.max(0, bytes.length - this.#overlap)
    this.#kept = bytes.subarray(end)
    return bytes.subarray(0, end)
  }

  /** The rest, when nothing more comes. */
  end(): Buffer {
    const rest = this.#kept
    this.#kept = Buffer.alloc(0)
    return rest
  }
}
