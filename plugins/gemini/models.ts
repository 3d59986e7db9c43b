import type { ListedModel, ModelSource } from '#pipeline/plugin.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'

/** Google's own limits of `models.list` (API reference). */
const defaultPageSize = 50
const mostPageSize = 1000

/**
 * One page of the model list as Google writes it. The page token is the place in the list.
 * @throws GatewayError `invalid-request` for a page that cannot be, as Google does
 */
export const listModels = async (models: ModelSource, version: string, query: string): Promise<string> => {
  const parameters = new URLSearchParams(query)
  const size = readSize(parameters.get('pageSize') ?? parameters.get('page_size'))
  const from = readToken(parameters.get('pageToken') ?? parameters.get('page_token'))
  const all = await models.list(version)
  const page = all.slice(from, from + size)
  const rest = from + size < all.length ? { nextPageToken: toToken(from + size) } : {}
  return JSON.stringify({ models: page, ...rest }, null, 2)
}

/** A listed model, derived ones included. @throws GatewayError `model-not-found` */
export const getModel = async (models: ModelSource, version: string, name: string): Promise<string> => {
  const found = (await models.list(version)).find((model: ListedModel) => model.name === `models/${name}`)
  if (found === undefined) throw new GatewayError('model-not-found', `models/${name} is not offered by this gateway.`)
  return JSON.stringify(found, null, 2)
}

const readSize = (text: string | null): number => {
  if (text === null || text === '') return defaultPageSize
  const size = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(Math.abs(size) < 2 ** 31)) {
    throw new GatewayError('invalid-request', "Invalid value at 'page_size' (TYPE_INT32): it must be a whole number.")
  }
  if (size < 0) throw new GatewayError('invalid-request', 'page_size must not be negative.')
  return size === 0 ? defaultPageSize : Math.min(size, mostPageSize)
}

const toToken = (place: number) => Buffer.from(`models ${place}`).toString('base64url')

const readToken = (token: string | null): number => {
  if (token === null || token === '') return 0
  const place = /^models (\d+)$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1]
  if (place === undefined) throw new GatewayError('invalid-request', 'page_token is not valid.')
  return Number(place)
}
