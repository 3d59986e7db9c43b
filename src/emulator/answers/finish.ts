/** How an answer ends: its reason, and what stands beside the reason. */
export type Finish = {
  readonly reason: string
  readonly message?: string
  readonly safetyRatings?: readonly Readonly<Record<string, unknown>>[]
}

export const safetyRatings = (category: string, probability: string) => [
  { category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' },
  { category, probability, blocked: true },
]

export const malformedCall = 'Malformed function call: print(default_api.get_weather(city='

/** The end of an answer whose prompt asked for a reason. */
export const finishWith = (reason: string): Finish => {
  if (reason === 'SAFETY') return { reason, safetyRatings: safetyRatings('HARM_CATEGORY_DANGEROUS_CONTENT', 'HIGH') }
  return reason === 'MALFORMED_FUNCTION_CALL' ? { reason, message: malformedCall } : { reason }
}

/** How much of its content an answer still has: all of it, the first half, or nothing. */
export const keptOf = <Piece>(pieces: readonly Piece[], reason: string): readonly Piece[] => {
  if (reason === 'STOP') return pieces
  return partly.includes(reason) ? pieces.slice(0, Math.ceil(pieces.length / 2)) : []
}

/** Reasons that come in the middle of an answer; the others come instead of one. */
const partly = ['MAX_TOKENS', 'SAFETY', 'RECITATION', 'LANGUAGE', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII']
