import { CryptoHasher } from 'bun'

/** Who is calling, by the token presented. */
export type Caller = {
  readonly role: 'admin' | 'client'
  /** Names the token in logs without holding any part of it. */
  readonly fingerprint: string
}

/**
 * The tokens that open the API. Tokens are looked up by their HMAC, so that the time of a look-up says nothing about
 * how near a guess was, and none is kept in clear.
 */
export class TokenBook {
  readonly #hmacKey: Uint8Array
  #callers: ReadonlyMap<string, Caller> = new Map()

  constructor(hmacKey: Uint8Array) {
    this.#hmacKey = hmacKey
  }

  /** Makes these the valid tokens, at once. An empty text is never a token. */
  replace(adminToken: string, clientTokens: readonly string[]): void {
    const callers = new Map<string, Caller>()
    for (const token of clientTokens) if (token !== '') this.#enter(callers, token, 'client')
    if (adminToken !== '') this.#enter(callers, adminToken, 'admin')
    this.#callers = callers
  }

  find(token: string): Caller | undefined {
    return token === '' ? undefined : this.#callers.get(this.#digest(token))
  }

  #enter(callers: Map<string, Caller>, token: string, role: Caller['role']) {
    const digest = this.#digest(token)
    callers.set(digest, { role, fingerprint: digest.slice(0, 12) })
  }

  #digest(token: string): string {
    return new CryptoHasher('sha256', this.#hmacKey).update(token).digest('hex')
  }
}
