import { createHash, randomBytes } from 'node:crypto'

/** Someone who signed in. */
export type Session = {
  /** Goes with every form and every unsafe request of this session. */
  readonly csrfToken: string
}

type SessionsOptions = {
  /** Every session ends when this answers something new. */
  readonly adminToken: () => string
  /** How long a session lives after the last thing its owner did. */
  readonly sessionSeconds: () => number
  readonly now: () => number
  /** Beyond this many, the one that was idle longest ends. */
  readonly limit?: number
}

type Entry = { readonly session: Session; readonly lastSeenAt: number }

/**
 * The sessions of the dashboard, in memory only: a restart signs everybody out. The id lives in the browser's cookie;
 * here only its hash is kept, so that a dump of the memory opens no session.
 */
export class Sessions {
  readonly #options: Required<SessionsOptions>
  /** By hash of the id, the one idle longest first. */
  readonly #entries = new Map<string, Entry>()
  #adminToken: string

  constructor(options: SessionsOptions) {
    this.#options = { limit: 100, ...options }
    this.#adminToken = options.adminToken()
  }

  /** Starts a session and returns its id, 256 random bits, which is known nowhere else. */
  start(): string {
    this.#endAllIfTokenChanged()
    const id = randomBytes(32).toString('base64url')
    const session = { csrfToken: randomBytes(32).toString('base64url') }
    this.#entries.set(hashOf(id), { session, lastSeenAt: this.#options.now() })
    const [idlest] = this.#entries.keys()
    if (this.#entries.size > this.#options.limit && idlest !== undefined) this.#entries.delete(idlest)
    return id
  }

  /**
   * The session of an id, if it is alive.
   * @param visit `person` keeps the session alive; `background` (a page refreshing itself) does not, so that a
   *   forgotten tab is signed out like any other
   */
  find(id: string, visit: 'person' | 'background'): Session | undefined {
    this.#endAllIfTokenChanged()
    const hash = hashOf(id)
    const entry = this.#entries.get(hash)
    if (entry === undefined) return undefined
    const now = this.#options.now()
    const expired = now - entry.lastSeenAt >= this.#options.sessionSeconds() * 1000
    if (expired || visit === 'person') this.#entries.delete(hash)
    if (expired) return undefined
    if (visit === 'person') this.#entries.set(hash, { session: entry.session, lastSeenAt: now })
    return entry.session
  }

  /** Ends one session; an unknown id is fine. */
  end(id: string): void {
    this.#entries.delete(hashOf(id))
  }

  #endAllIfTokenChanged() {
    const current = this.#options.adminToken()
    if (current === this.#adminToken) return
    this.#adminToken = current
    this.#entries.clear()
  }
}

const hashOf = (id: string) => createHash('sha256').update(id).digest('base64')
