/** Google checks no signature where this stands (Gemini API, "Thought signatures", on history of other models). */
const sentinel = 'skip_thought_signature_validator'

/** A member cannot be mistaken for text: inside of a JSON string its quotes would be escaped. */
const signature = /"(thoughtSignature|thought_signature)"(\s*:\s*)"(?:[^"\\]|\\.)*"/g

/**
 * Puts the documented sentinel in place of every thought signature of a body, and touches nothing else.
 * @returns null when there is none
 */
export const skipSignatures = (bytes: Buffer): Buffer | null => {
  const text = bytes.toString('utf8')
  const replaced = text.replace(signature, (_match, name: string, colon: string) => `"${name}"${colon}"${sentinel}"`)
  return replaced === text ? null : Buffer.from(replaced)
}
