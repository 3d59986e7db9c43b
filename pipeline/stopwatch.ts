/** Where the time of an exchange goes; milliseconds. What no part claims is the gateway's own overhead. */
export class Stopwatch {
  readonly startedAt = performance.now()
  /** Waiting for the client's own body. */
  receive = 0
  /** Choosing keys, over all attempts. */
  key = 0
  connect = 0
  /** From the sent request to the first byte of the answer, failed attempts and pauses between them included. */
  upstream = 0
  /** Reading and changing bodies. */
  translate = 0

  get elapsed(): number {
    return performance.now() - this.startedAt
  }

  /** The value of a `Server-Timing` header (W3C Server Timing). The parts add up to `total`. */
  toHeader(): string {
    const total = this.elapsed
    const overhead = Math.max(0, total - this.receive - this.key - this.connect - this.upstream - this.translate)
    return (
      `receive;dur=${figure(this.receive)}, key;dur=${figure(this.key)}, connect;dur=${figure(this.connect)}, ` +
      `upstream;dur=${figure(this.upstream)}, translate;dur=${figure(this.translate)}, ` +
      `gateway;dur=${figure(overhead)}, total;dur=${figure(total)}`
    )
  }
}

const figure = (milliseconds: number) => milliseconds.toFixed(3)
