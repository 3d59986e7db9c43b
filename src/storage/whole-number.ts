/** A duration or count as an integer column holds it. What is no number at all becomes 0: a log row is worth keeping. */
export const wholeNumber = (value: number): number =>
  Number.isFinite(value) ? Math.max(-limit, Math.min(limit, Math.round(value))) : 0

export const wholeNumberOrNull = (value: number | null): number | null => (value === null ? null : wholeNumber(value))

/** Largest value of MySQL's INT. */
const limit = 2_147_483_647
