/** Where one JSON value stands in the bytes of a frame. */
export type VisitValue = (bytes: Buffer, start: number, end: number) => void

/**
 * Cuts a byte stream into whole events without changing a byte. Only whole events go on to the client, so that an
 * error event can always follow cleanly, and no secret can hide in two halves.
 */
export type FrameReader = {
  /** The whole events that are complete with this chunk, as they came; null when none is complete yet. */
  readonly push: (chunk: Buffer, visit: VisitValue) => Buffer | null
  /** What was left over when the stream ended; empty when it ended between events. */
  readonly rest: () => Buffer
}

/** The most one event may hold (a 20 MB image in base64 fits); an endless one would fill the memory. */
export const mostFrameBytes = 64 * 1024 * 1024

/** An event grew beyond {@link mostFrameBytes}. */
export class FrameTooLarge extends Error {
  override readonly name = 'FrameTooLarge'

  constructor() {
    super(`one event of the stream is larger than ${mostFrameBytes} bytes`)
  }
}

/** Bytes that wait for the rest of their event. */
export class Pending {
  #chunks: Buffer[] = []
  #size = 0

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** @throws FrameTooLarge */
  keep(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > mostFrameBytes) throw new FrameTooLarge()
    if (chunk.length > 0) this.#chunks.push(chunk)
  }

  /** All that waited, followed by `chunk`; nothing waits afterwards. */
  takeWith(chunk: Buffer): Buffer {
    if (this.#size === 0) return chunk
    const joined = Buffer.concat([...this.#chunks, chunk])
    this.#chunks = []
    this.#size = 0
    return joined
  }
}
