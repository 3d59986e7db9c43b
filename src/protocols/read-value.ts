/** A JSON object of which nothing is known yet. */
export type Members = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object, or null when it is anything else. */
export const recordOf = (value: unknown): Members | null => (isRecord(value) ? value : null)

/** The value as a list; empty when it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The objects of a list; none when the value is no list. */
export const recordsOf = (value: unknown): readonly Members[] => listOf(value).filter(isRecord)

/** The value as text; empty when it is none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The value as a number; 0 when it is none, as proto3 leaves a 0 out. */
export const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
