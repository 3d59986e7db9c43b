/**
 * Names of functions both ways, for one request. Google's: [A-Za-z_][A-Za-z0-9_.:-]{0,63}. A good name stays as it is;
 * of two names that would become the same, the later one gets a hash. The same names in the same order always give the
 * same result, so that the turns of a conversation agree.
 */
export class FunctionNames {
  readonly #toGoogle = new Map<string, string>()
  readonly #toClient = new Map<string, string>()
  /** How often a name was wanted that was given away already. */
  readonly #counts = new Map<string, number>()

  /** Good names among `declared` keep themselves, even where one that has to change stands before them. */
  constructor(declared: Iterable<string> = []) {
    for (const name of declared) if (isGoogleName(name)) this.#pair(name, name)
  }

  /** The name that goes up; the same one whenever it is asked for. */
  toGoogle(name: string): string {
    const known = this.#toGoogle.get(name)
    if (known !== undefined) return known
    const plain = toPlainName(name)
    const wanted = plain.length > longest || this.#toClient.has(plain) ? withEnd(plain, hashOf(name)) : plain
    const free = this.#freeName(wanted)
    this.#pair(name, free)
    return free
  }

  /** The client's own name; one the model made up comes back as it is. */
  toClient(name: string): string {
    return this.#toClient.get(name) ?? name
  }

  /** Counts on where it stopped the last time: hashes can be made equal on purpose, in a request of many names. */
  #freeName(wanted: string): string {
    let free = wanted
    while (this.#toClient.has(free)) {
      const count = (this.#counts.get(wanted) ?? 1) + 1
      this.#counts.set(wanted, count)
      free = withEnd(wanted, String(count))
    }
    return free
  }

  #pair(client: string, google: string) {
    this.#toGoogle.set(client, google)
    this.#toClient.set(google, client)
  }
}

const longest = 64

const isGoogleName = (name: string) => /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name)

/** Good as far as 64 characters, and longer than that if the name is: two units of UTF-16 may be one character. */
const toPlainName = (name: string): string => {
  const plain = name.slice(0, 2 * longest + 2).replace(/[^A-Za-z0-9_.:-]/gu, '_')
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`
}

const withEnd = (plain: string, end: string): string => `${plain.slice(0, longest - end.length - 1)}_${end}`

/** FNV-1a over UTF-16 units, in base 36: no secret depends on it, and names it makes twice are told apart by a number. */
const hashOf = (text: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36)
}
