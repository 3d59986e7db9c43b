import type { Model } from '../models/catalogue.ts'
import { refuseViolations, type Violation } from '../wire/google-error.ts'
import type { BatchEmbedContentsRequest, EmbedContentRequest } from '../wire/messages.ts'
import { partsViolations } from './check-contents.ts'

/** @throws GoogleError */
export const checkEmbedRequest = (request: EmbedContentRequest, model: Model): void => {
  refuseViolations([
    ...modelViolations(request, model, 'EmbedContentRequest', false),
    ...embedViolations(request, model, 'EmbedContentRequest'),
  ])
}

const largestBatch = 100

/** @throws GoogleError */
export const checkBatchEmbedRequest = (request: BatchEmbedContentsRequest, model: Model): void => {
  const requests = request.requests ?? []
  const owner = 'BatchEmbedContentsRequest'
  if (requests.length === 0) refuseViolations([`${owner}.requests: requests is not specified`])
  if (requests.length > largestBatch)
    refuseViolations([`${owner}.requests: at most ${largestBatch} requests can be in one batch`])
  refuseViolations(
    requests.flatMap((member, index) => [
      ...modelViolations(member, model, `${owner}.requests[${index}]`, true),
      ...embedViolations(member, model, `${owner}.requests[${index}]`),
    ]),
  )
}

const modelViolations = (
  request: EmbedContentRequest,
  model: Model,
  path: string,
  required: boolean,
): readonly Violation[] => {
  const named = request.model ?? ''
  if (named === '') return required ? [`${path}.model: model is required`] : []
  if (!/^models\/[^/]+$/.test(named)) return [`${path}.model: unexpected model name format`]
  return named === `models/${model.id}` ? [] : [`${path}.model: model must match the model of the request path`]
}

const embedViolations = (request: EmbedContentRequest, model: Model, path: string): readonly Violation[] => {
  const violations: Violation[] = []
  const largest = model.traits.defaultDimensions ?? 3072
  const size = request.outputDimensionality
  if (request.content === undefined) violations.push(`${path}.content: content is required`)
  else violations.push(...partsViolations(request.content, `${path}.content`))
  if (size !== undefined && (size < 1 || size > largest))
    violations.push(`${path}.output_dimensionality: output_dimensionality must be in the range [1, ${largest}].`)
  if (request.title !== undefined && request.taskType !== 'RETRIEVAL_DOCUMENT')
    violations.push(`${path}.title: title is only applicable when task_type is RETRIEVAL_DOCUMENT`)
  return violations
}
