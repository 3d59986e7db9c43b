import { type ErrorDetail, GoogleError, invalidArgument, notFound } from '../wire/google-error.ts'
import type { KeyBehaviour } from './key-behaviour.ts'
import type { KeyState } from './key-ring.ts'
import { introduction } from './quota-refusals.ts'

const service = 'generativelanguage.googleapis.com'

/** What a refusal may mention of the request. */
export type RefusedCall = {
  readonly version: string
  /** `StreamGenerateContent`, as in `GenerativeService.StreamGenerateContent`. */
  readonly rpc: string
  /** `streamGenerateContent`, as in the path; empty for the model list. */
  readonly method: string
  readonly model: string
}

/** The error a key's state stands for, or `undefined` if the request goes on. Bodies as recorded from Google. */
export const refusalOf = (behaviour: KeyBehaviour, key: KeyState, call: RefusedCall): GoogleError | undefined =>
  refusals[behaviour]?.(key, call)

export const invalidKey = (message = 'API key not valid. Please pass a valid API key.'): GoogleError =>
  invalidArgument(message, [errorInfo('API_KEY_INVALID', { service }), localized(message)])

const denied = (message: string, details: readonly ErrorDetail[] = []) =>
  new GoogleError(403, 'PERMISSION_DENIED', message, details)

const errorInfo = (reason: string, metadata: Readonly<Record<string, string>>): ErrorDetail => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
  metadata,
})

const localized = (message: string): ErrorDetail => ({
  '@type': 'type.googleapis.com/google.rpc.LocalizedMessage',
  locale: 'en-US',
  message,
})

/** Google prints the whole key into this message. */
const suspended = (key: KeyState) =>
  denied(`Permission denied: Consumer 'api_key:${key.secret}' has been suspended.`, [
    errorInfo('CONSUMER_SUSPENDED', { service, consumer: `projects/${key.projectNumber}` }),
  ])

const serviceDisabled = (key: KeyState) => {
  const url = `https://console.developers.google.com/apis/api/${service}/overview?project=${key.projectNumber}`
  const message = `Generative Language API has not been used in project ${key.projectNumber} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`
  return denied(message, [
    errorInfo('SERVICE_DISABLED', {
      activationUrl: url,
      consumer: `projects/${key.projectNumber}`,
      containerInfo: key.projectNumber,
      service,
      serviceTitle: 'Generative Language API',
    }),
    localized(message),
    {
      '@type': 'type.googleapis.com/google.rpc.Help',
      links: [{ description: 'Google developers console API activation', url }],
    },
  ])
}

const serviceBlocked = (key: KeyState, { version, rpc }: RefusedCall) => {
  const methodName = `google.ai.generativelanguage.${version}.${rpc === 'ListModels' || rpc === 'GetModel' ? 'ModelService' : 'GenerativeService'}.${rpc}`
  const message = `Requests to this API ${service} method ${methodName} are blocked.`
  return denied(message, [
    errorInfo('API_KEY_SERVICE_BLOCKED', {
      consumer: `projects/${key.projectNumber}`,
      service,
      apiName: service,
      methodName,
    }),
    localized(message),
  ])
}

/** What Google says to a token it cannot use, and to keys of a kind it no longer takes. */
export const unusableToken = (): GoogleError =>
  new GoogleError(
    401,
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', { service })],
  )

/** The older way to tell a quota: no QuotaFailure, but the project is named. */
const exceededInRegion = (key: KeyState) =>
  new GoogleError(
    429,
    'RESOURCE_EXHAUSTED',
    `Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service '${service}' for consumer 'project_number:${key.projectNumber}'.`,
    [
      errorInfo('RATE_LIMIT_EXCEEDED', {
        service,
        consumer: `projects/${key.projectNumber}`,
        quota_location: 'us-west1',
        quota_metric: `${service}/generate_content_requests`,
        quota_limit: 'GenerateContentRequestsPerMinutePerProjectPerRegion',
        quota_limit_value: '60',
      }),
    ],
  )

const depleted = (status: number) =>
  new GoogleError(
    status,
    'RESOURCE_EXHAUSTED',
    'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
  )

const unavailable = () =>
  new GoogleError(
    503,
    'UNAVAILABLE',
    'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
  )

const refusals: Readonly<Partial<Record<KeyBehaviour, (key: KeyState, call: RefusedCall) => GoogleError>>> = {
  invalid: () => invalidKey(),
  expired: () => invalidKey('API key expired. Please renew the API key.'),
  'not-found': () => invalidKey('API Key not found. Please pass a valid API key.'),
  'token-unsupported': unusableToken,
  suspended,
  leaked: () => denied('Your API key was reported as leaked. Please use another API key.'),
  denied: () => denied('Your project has been denied access. Please contact support.'),
  'service-disabled': serviceDisabled,
  'service-blocked': serviceBlocked,
  location: () => new GoogleError(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  forbidden: () => denied('The caller does not have permission'),
  'per-minute-region': exceededInRegion,
  'prepay-empty': () => depleted(429),
  'payment-required': () => depleted(402),
  'spending-cap': () =>
    new GoogleError(
      429,
      'RESOURCE_EXHAUSTED',
      'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap. Learn more at https://ai.google.dev/gemini-api/docs/billing#project-spend-caps. ',
    ),
  'quota-without-details': () => new GoogleError(429, 'RESOURCE_EXHAUSTED', introduction),
  busy: () => new GoogleError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
  unavailable,
  internal: () =>
    new GoogleError(
      500,
      'INTERNAL',
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
  deadline: () => new GoogleError(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
  'model-not-found': (_key, call) => modelNotFound(call),
  'model-retired': (_key, { model }) =>
    notFound(
      `This model models/${model} is no longer available to new users. Please update your code to use models/gemini-3.8-flash or a newer model for the latest features and improvements.`,
    ),
}

export const modelNotFound = ({ model, version, method }: RefusedCall): GoogleError =>
  notFound(
    `models/${model} is not found for API version ${version}, or is not supported for ${method}. Call ModelService.ListModels to see the list of available models and their supported methods.`,
  )

/** The error event inside a stream that has already begun. */
export const streamError = unavailable
