import { createHmac, timingSafeEqual } from 'node:crypto'

const hidden = '[secret]'

/**
 * A value that must never be printed: an upstream key, a token, a password.
 * Every way a program turns a value into text by accident (template strings, JSON, `console.log`) yields
 * `[secret]`; the only way to the value is {@link Secret.reveal}, which is easy to search for.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Call it only where the value leaves for the one place it is meant for. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}

/**
 * Twelve hexadecimal digits that name a secret without holding any part of it.
 * @param hmacKey the installation's own key, so that a fingerprint says nothing outside this installation
 */
export const fingerprintOf = (secret: string, hmacKey: Uint8Array): string =>
  createHmac('sha256', hmacKey).update(secret).digest('hex').slice(0, 12)

/** Compares two secrets in a time that does not depend on where they differ. */
export const equalSecrets = (left: string, right: string, hmacKey: Uint8Array): boolean =>
  timingSafeEqual(
    createHmac('sha256', hmacKey).update(left).digest(),
    createHmac('sha256', hmacKey).update(right).digest(),
  )
