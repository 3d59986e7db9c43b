/**
 * Times of day inside streamed text, so that it can be seen how long an event was on its way whatever the proxy makes of
 * it: `@1795468535992.823@`, milliseconds since 1970. They stand at the beginning of an event's text.
 */
const stampLength = 19

/** Milliseconds since 1970, to the microsecond; two processes of one machine agree. */
export const moment = (): number => performance.timeOrigin + performance.now()

/** A copy of a frame with the time of now in it. */
export const stamp = (frame: Buffer): Buffer => {
  const copy = Buffer.from(frame)
  copy.write(`@${moment().toFixed(3)}@`, copy.indexOf(textStart) + textStart.length, 'latin1')
  return copy
}

/** Whether a frame's text is long enough for a stamp. */
export const hasRoom = (frame: Buffer): boolean => {
  const start = frame.indexOf(textStart) + textStart.length
  return frame.indexOf('"', start) - start >= stampLength
}

const textStart = '"text":"'

/** The times in a piece of a stream; one that was cut by the end of the piece is left out. */
export const readStamps = (piece: Buffer): readonly number[] => {
  const found: number[] = []
  let at = piece.indexOf(sign)
  while (at !== -1) {
    const isStamp = piece[at + stampLength - 1] === sign
    if (isStamp) found.push(Number(piece.toString('latin1', at + 1, at + stampLength - 1)))
    at = piece.indexOf(sign, at + (isStamp ? stampLength : 1))
  }
  return found
}

const sign = 0x40

/** Takes the stamps out of a text. */
export const withoutStamps = (text: string): string => text.replace(/@\d{13}\.\d{3}@/g, '')
