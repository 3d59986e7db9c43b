import { Secret } from '../../security/secret.ts'
import { type KeyFieldName, type KeyFields, readKeyFields } from './key-fields.ts'
import type { ParsedPiece, RefusedPiece } from './parsed-piece.ts'
import { whyNoKey } from './why-no-key.ts'

/** A key, or a refusal that says why it is none. */
export const makePiece = (line: number, text: string, fields: KeyFields): ParsedPiece => {
  const reason = whyNoKey(text)
  return reason === undefined ? { kind: 'key', line, secret: new Secret(text), fields } : refuse(line, text, reason)
}

/** The same for a key of which more is said; values that say nothing (empty texts and null) leave `base` as it is. */
export const makePieceWith = (
  line: number,
  text: string,
  given: Readonly<Partial<Record<KeyFieldName, unknown>>>,
  base: KeyFields,
): ParsedPiece => {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && !isBlank(value)))
  const read = readKeyFields(said)
  const reason = whyNoKey(text) ?? (read.kind === 'refused' ? read.reason : undefined)
  if (reason !== undefined || read.kind === 'refused') return refuse(line, text, reason ?? '')
  return { kind: 'key', line, secret: new Secret(text), fields: { ...base, ...read.fields } }
}

export const refuse = (line: number, text: string, reason: string): RefusedPiece => ({
  kind: 'refused',
  line,
  text: new Secret(text),
  reason,
})

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === ''
