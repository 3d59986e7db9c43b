/** Shows how far something has come. */
export type Progress = {
  readonly advance: (done: number) => void
  /** Takes the bar away. */
  readonly end: () => void
}

export type ProgressStream = {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

const widestBar = 40
const pauseMilliseconds = 100

/** A bar on a terminal, as wide as there is room; elsewhere a line at every tenth of the way. */
export const createProgress = (stream: ProgressStream, doing: string, total: number): Progress =>
  stream.isTTY ? bar(stream, doing, total) : lines(stream, doing, total)

const bar = (stream: ProgressStream, doing: string, total: number): Progress => {
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    advance: done => {
      const now = performance.now()
      if (done < total && now - drawnAt < pauseMilliseconds) return
      drawnAt = now
      stream.write(`\r\u001b[K${drawBar(doing, done, total, stream.columns ?? 80)}`)
    },
    end: () => void stream.write('\r\u001b[K'),
  }
}

/** One line, never wider than the terminal. */
export const drawBar = (doing: string, done: number, total: number, columns: number): string => {
  const numbers = `${done.toLocaleString('en')}/${total.toLocaleString('en')}`
  const room = Math.min(widestBar, columns - doing.length - numbers.length - 5)
  if (room < 5) return numbers.slice(0, Math.max(0, columns - 1))
  const filled = total === 0 ? room : Math.floor((room * done) / total)
  return `${doing} [${'#'.repeat(filled)}${'.'.repeat(room - filled)}] ${numbers}`
}

const lines = (stream: ProgressStream, doing: string, total: number): Progress => {
  let told = 0
  return {
    advance: done => {
      const tenths = Math.floor((10 * done) / total)
      if (tenths === told) return
      told = tenths
      stream.write(`${doing}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}\n`)
    },
    end: () => {},
  }
}
