import { createHash, createHmac } from 'node:crypto'
import { canonicalJson } from './json-value.ts'
import type { FunctionCall } from './messages.ts'

/**
 * Thought signatures that can be verified without any memory: a digest of what was signed, and an HMAC of that digest.
 * Clients must treat them as opaque; that they survive untouched is what the emulator checks.
 */
const signingKey = 'gemini emulator thought signature'
const prefix = Buffer.from([0x12, 0x20])
const digestLength = 16
const length = prefix.length + 2 * digestLength

/** The documented value for history that came from elsewhere; accepted as it is and base64-encoded once more. */
const sentinel = 'skip_thought_signature_validator'

export const signCall = (call: FunctionCall): string => sign(callDigest(call))

export const signText = (text: string): string => sign(digestOf(`text:${text}`))

export type SignatureVerdict = 'genuine' | 'skipped' | 'corrupted'

/** Whether the emulator has given out this signature, and, for a call, for this very name and arguments. */
export const verifySignature = (signature: string, call: FunctionCall | undefined): SignatureVerdict => {
  if (signature === sentinel || Buffer.from(signature, 'base64').toString() === sentinel) return 'skipped'
  const bytes = Buffer.from(signature, 'base64')
  if (bytes.length !== length || !bytes.subarray(0, prefix.length).equals(prefix)) return 'corrupted'
  const digest = bytes.subarray(prefix.length, prefix.length + digestLength)
  if (!bytes.subarray(prefix.length + digestLength).equals(sealOf(digest))) return 'corrupted'
  return call === undefined || digest.equals(callDigest(call)) ? 'genuine' : 'corrupted'
}

const sign = (digest: Buffer) => Buffer.concat([prefix, digest, sealOf(digest)]).toString('base64')

const callDigest = (call: FunctionCall) => digestOf(`call:${call.name}:${canonicalJson(call.args ?? {})}`)

const digestOf = (text: string) => createHash('sha256').update(text).digest().subarray(0, digestLength)

const sealOf = (digest: Buffer) => createHmac('sha256', signingKey).update(digest).digest().subarray(0, digestLength)
