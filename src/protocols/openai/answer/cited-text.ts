/** A stretch of the answer as Google points at it: bytes of UTF-8, of the part or of the whole text. */
export type Segment = {
  readonly part: number
  readonly startByte: number
  readonly endByte: number
  /** The words themselves, where they are told; they decide when the numbers can be read in more than one way. */
  readonly text: string
}

/** A stretch of `message.content` in code points; the end is behind the last one. */
export type Place = { readonly start: number; readonly end: number }

/** What `message.content` was put together from, so that places in Google's parts can be found again in it. */
export class CitedText {
  readonly #pieces: Piece[] = []

  /** Text of Google's part with that number (thoughts and calls count as parts, their text is not added here). */
  add(part: number, text: string): void {
    const last = this.#pieces.at(-1)
    if (last?.part === part) last.text += text
    else this.#pieces.push({ part, text })
  }

  /** Text that stands in the content and in no text of Google's. */
  insert(text: string): void {
    this.#pieces.push({ part: null, text })
  }

  /** Costs a walk over the whole text: asked once, at the end, and only when something is cited. */
  lay(): LaidText {
    const runs: Run[] = []
    const texts: string[] = []
    let bytes = 0
    let inserted = 0
    for (const { part, text } of this.#pieces) {
      if (part === null) {
        inserted += countCodePoints(text)
        continue
      }
      runs.push({ part, startByte: bytes, shift: inserted })
      texts.push(text)
      bytes += Buffer.byteLength(text)
    }
    return new LaidText(texts.join(''), runs, inserted)
  }
}

/** `CitedText` at its end, ready to be asked. */
export class LaidText {
  readonly #text: string
  readonly #bytes: Buffer
  /** Code points before each byte of Google's text. */
  readonly #before: Uint32Array
  readonly #runs: readonly Run[]
  readonly #inserted: number

  constructor(text: string, runs: readonly Run[], inserted: number) {
    this.#text = text
    this.#bytes = Buffer.from(text)
    this.#before = countBefore(this.#bytes)
    this.#runs = runs
    this.#inserted = inserted
  }

  /** The end of the content. */
  get end(): number {
    return (this.#before.at(-1) ?? 0) + this.#inserted
  }

  /**
   * Google says that the bytes count within the part, and is known to count over all text of the answer, too: the words
   * tell which, and failing both where they stand.
   */
  find({ part, startByte, endByte, text }: Segment): Place {
    const ofPart = this.#runs.find(run => run.part === part)?.startByte ?? 0
    if (text !== '') {
      for (const base of [ofPart, 0]) {
        if (this.#bytes.toString('utf8', base + startByte, base + endByte) === text) {
          return this.#placeOf(base + startByte, base + endByte)
        }
      }
      const at = this.#text.indexOf(text)
      if (at !== -1) {
        const start = Buffer.byteLength(this.#text.slice(0, at))
        return this.#placeOf(start, start + Buffer.byteLength(text))
      }
    }
    return this.#placeOf(ofPart + startByte, ofPart + endByte)
  }

  #placeOf(startByte: number, endByte: number): Place {
    const first = Math.min(Math.max(0, startByte), this.#bytes.length)
    const last = Math.min(Math.max(first, endByte), this.#bytes.length)
    const start = (this.#before[first] ?? 0) + this.#shiftAt(first)
    return last === first ? { start, end: start } : { start, end: (this.#before[last] ?? 0) + this.#shiftAt(last - 1) }
  }

  #shiftAt(byte: number): number {
    return this.#runs.findLast(run => run.startByte <= byte)?.shift ?? 0
  }
}

/** Part null: inserted. */
type Piece = { readonly part: number | null; text: string }

/** Text of one part, and how many code points were inserted before it. */
type Run = { readonly part: number; readonly startByte: number; readonly shift: number }

const countBefore = (bytes: Buffer): Uint32Array => {
  const before = new Uint32Array(bytes.length + 1)
  let count = 0
  for (let index = 0; index < bytes.length; index++) {
    before[index] = count
    if (!isContinuation(bytes[index + 1] ?? 0)) count++
  }
  before[bytes.length] = count
  return before
}

/** Bytes of a character behind its first one. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80

const countCodePoints = (text: string): number => {
  let count = 0
  for (let index = 0; index < text.length; index++) {
    if ((text.charCodeAt(index) & 0xfc00) !== 0xdc00) count++
  }
  return count
}
