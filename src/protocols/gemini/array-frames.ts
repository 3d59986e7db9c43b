import { type FrameReader, Pending } from './frames.ts'

const quote = 0x22
const backslash = 0x5c

/**
 * Elements of one JSON array that is written bit by bit: the form of `streamGenerateContent` without `alt=sse`. The
 * closing bracket is left to `rest`: behind it an error could not follow any more.
 */
export const arrayFrames = (): FrameReader => {
  const pending = new Pending()
  let depth = 0
  let isInString = false
  let isEscaped = false
  let read = 0
  return {
    push(chunk, visit) {
      // Inside a long string, base64 data say: joining it anew with every chunk would cost the square of its length.
      if (isInString && !isEscaped && !chunk.includes(quote) && !chunk.includes(backslash)) {
        pending.keep(chunk)
        read += chunk.length
        return null
      }
      let lastEnd = 0
      const before = pending.isEmpty ? 0 : read
      const bytes = pending.takeWith(chunk)
      let start = depth >= 2 ? bytes.indexOf(0x7b) : -1
      for (let offset = before; offset < bytes.length; offset++) {
        const byte = bytes[offset]
        if (isInString) {
          if (isEscaped) isEscaped = false
          else if (byte === backslash) isEscaped = true
          else if (byte === quote) isInString = false
        } else if (byte === quote) isInString = true
        else if (byte === 0x7b || byte === 0x5b) {
          depth++
          if (depth === 2) start = offset
        } else if (byte === 0x7d || byte === 0x5d) {
          depth--
          if (depth === 1) {
            visit(bytes, start, offset + 1)
            lastEnd = offset + 1
          }
        }
      }
      read = bytes.length - lastEnd
      pending.keep(bytes.subarray(lastEnd))
      return lastEnd === 0 ? null : bytes.subarray(0, lastEnd)
    },
    rest: () => pending.takeWith(Buffer.alloc(0)),
  }
}
