import type { Model } from '../models/catalogue.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { Content, Part } from '../wire/messages.ts'
import { startOfCurrentTurn } from '../wire/request-parts.ts'
import { verifySignature } from '../wire/thought-signatures.ts'

/**
 * Since Gemini 3 the first call of every step of the current turn must carry the signature it came with. What lies
 * before the last user text is not validated.
 */
export const checkSignatures = (contents: readonly Content[], model: Model): void => {
  const start = startOfCurrentTurn(contents)
  contents.forEach((content, index) => {
    if (index < start) return
    const parts = content.parts ?? []
    for (const part of parts) refuseCorrupted(part)
    if (model.traits.generation < 3) return
    const first = parts.find(part => part.functionCall !== undefined)
    if (first !== undefined && first.thoughtSignature === undefined) throw missing(first, index + 1)
  })
}

const refuseCorrupted = (part: Part): void => {
  if (part.thoughtSignature === undefined) return
  if (verifySignature(part.thoughtSignature, part.functionCall) === 'corrupted')
    throw invalidArgument('Corrupted thought signature.')
}

const missing = (part: Part, position: number) =>
  invalidArgument(
    `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${part.functionCall?.name}\` , position ${position}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
  )
