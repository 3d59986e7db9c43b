import { GatewayError } from '../../../errors/gateway-error.ts'

/** Refusals of a request in the words of OpenAI's API, since clients and people search for those. */

/** @param param the path of the part at fault; none where it is the body as a whole */
export const fault = (message: string, param?: string): GatewayError =>
  new GatewayError('invalid-request', message, param === undefined ? {} : { param })

export const missing = (path: string): GatewayError => fault(`Missing required parameter: '${path}'.`, path)

/** @param expected with its article: `a string`, `one of a string or array of objects` */
export const wrongType = (path: string, expected: string, value: unknown): GatewayError =>
  value === undefined || value === null
    ? fault(`Invalid value for '${path}': expected ${expected}, got null.`, path)
    : fault(`Invalid type for '${path}': expected ${expected}, but got ${kindOf(value)} instead.`, path)

export const tooLong = (path: string, most: number, length: number): GatewayError =>
  fault(
    `Invalid '${path}': array too long. Expected an array with maximum length ${most}, but got an array with length ${length} instead.`,
    path,
  )

export const unsupported = (path: string, value: string, supported: readonly string[]): GatewayError =>
  fault(`Invalid value: '${shortened(value)}'. Supported values are: ${listed(supported)}.`, path)

/** Text of the client's in a message for the client: long values say nothing more than their beginning. */
export const shortened = (text: string): string => (text.length <= 100 ? text : `${text.slice(0, 100)}…`)

const listed = (values: readonly string[]): string => {
  const quoted = values.map(value => `'${value}'`)
  if (quoted.length < 3) return quoted.join(' and ')
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
}

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
