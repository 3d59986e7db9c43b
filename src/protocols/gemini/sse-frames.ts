import { type FrameReader, Pending, type VisitValue } from './frames.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const dataLength = 'data:'.length

/** Events of `text/event-stream`: `data: {json}` lines, each event ended by an empty line. */
export const sseFrames = (): FrameReader => {
  const pending = new Pending()
  return {
    push(chunk, visit) {
      // Joining is only worth it when an event can have ended: a large one comes in very many chunks.
      if (!pending.isEmpty && !mayHoldEnd(chunk)) {
        pending.keep(chunk)
        return null
      }
      const bytes = pending.takeWith(chunk)
      const end = readEvents(bytes, visit)
      if (end < bytes.length) pending.keep(bytes.subarray(end))
      return end === 0 ? null : bytes.subarray(0, end)
    },
    rest: () => pending.takeWith(Buffer.alloc(0)),
  }
}

/** Whether an empty line ends in the chunk, or may do so together with what came before it. */
const mayHoldEnd = (chunk: Buffer) =>
  chunk[0] === lineFeed || chunk[0] === carriageReturn || chunk.includes('\n\n') || chunk.includes('\n\r\n')

/** @returns the offset behind the last whole event */
const readEvents = (bytes: Buffer, visit: VisitValue): number => {
  let whole = 0
  let line = 0
  let valueStart = -1
  let valueEnd = -1
  for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, line)) {
    const textEnd = bytes[end - 1] === carriageReturn && end > line ? end - 1 : end
    if (textEnd === line) {
      if (valueStart !== -1) visit(bytes, valueStart, valueEnd)
      valueStart = -1
      whole = end + 1
    } else if (startsWithData(bytes, line, textEnd)) {
      if (valueStart === -1) valueStart = line + dataLength
      valueEnd = textEnd
    }
    line = end + 1
  }
  return whole
}

const startsWithData = (bytes: Buffer, start: number, end: number) =>
  end - start >= 5 &&
  bytes[start] === 0x64 &&
  bytes[start + 1] === 0x61 &&
  bytes[start + 2] === 0x74 &&
  bytes[start + 3] === 0x61 &&
  bytes[start + 4] === 0x3a
