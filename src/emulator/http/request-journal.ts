/** A request the emulator has received, as far as it has gone. */
export type SeenRequest = {
  /** By the emulator's clock. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  /** The secret it named, known or not. */
  readonly key: string | null
  readonly bodyText: string
  /** `null` until it is answered, and for one that never is. */
  readonly status: number | null
  /** Whether the client left before the end of the answer. */
  readonly cancelled: boolean
}

type MutableRequest = { -readonly [Name in keyof SeenRequest]: SeenRequest[Name] }

/** What is still to be told about a request. */
export type OpenRequest = {
  readonly answered: (status: number) => void
  /** The first call counts. */
  readonly ended: (cancelled: boolean) => void
}

const mostRequests = 10_000
const mostBodyCharacters = 64 * 1024 * 1024

/** The newest requests, bounded in number and size. */
export class RequestJournal {
  readonly #requests: MutableRequest[] = []
  #bodyCharacters = 0
  #open = 0

  get requests(): readonly SeenRequest[] {
    return this.#requests
  }

  get openRequests(): number {
    return this.#open
  }

  begin(request: Omit<SeenRequest, 'status' | 'cancelled'>): OpenRequest {
    const entry: MutableRequest = { ...request, status: null, cancelled: false }
    let isOpen = true
    this.#open++
    this.#remember(entry)
    return {
      answered: status => {
        entry.status = status
      },
      ended: cancelled => {
        if (!isOpen) return
        isOpen = false
        entry.cancelled = cancelled
        this.#open--
      },
    }
  }

  clear(): void {
    this.#requests.length = 0
    this.#bodyCharacters = 0
  }

  #remember(entry: MutableRequest): void {
    this.#requests.push(entry)
    this.#bodyCharacters += entry.bodyText.length
    while (this.#requests.length > mostRequests || this.#bodyCharacters > mostBodyCharacters) {
      const oldest = this.#requests.shift()
      if (oldest === undefined) return
      this.#bodyCharacters -= oldest.bodyText.length
    }
  }
}
