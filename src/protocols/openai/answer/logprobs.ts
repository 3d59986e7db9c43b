import { listOf, numberOf, recordOf, textOf } from '../../read-value.ts'

/** `logprobsResult` as OpenAI's `logprobs`; null where there are none. Google lists the best tokens beside the chosen ones. */
export const toLogprobs = (result: unknown) => {
  const chosen = listOf(recordOf(result)?.chosenCandidates)
  if (chosen.length === 0) return null
  const tops = listOf(recordOf(result)?.topCandidates)
  return {
    content: chosen.map((candidate, index) => ({
      ...toToken(candidate),
      top_logprobs: listOf(recordOf(tops[index])?.candidates).map(toToken),
    })),
    refusal: null,
  }
}

const toToken = (candidate: unknown) => {
  const token = textOf(recordOf(candidate)?.token)
  return { token, logprob: numberOf(recordOf(candidate)?.logProbability), bytes: [...encoder.encode(token)] }
}

const encoder = new TextEncoder()
