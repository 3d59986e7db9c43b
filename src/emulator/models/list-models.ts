import { invalidArgument } from '../wire/google-error.ts'
import { type ListedModel, models } from './catalogue.ts'

export type ModelPage = { readonly models: readonly ListedModel[]; readonly nextPageToken?: string }

const defaultPageSize = 50
const largestPageSize = 1000

/**
 * One page of the catalogue. A page size of 0 is the default, a larger one than 1000 is cut to it.
 * @throws GoogleError for a page size that is no int32 or negative, and for a token the emulator has not given out
 */
export const listModels = (pageSize: string | undefined, pageToken: string | undefined): ModelPage => {
  const size = readPageSize(pageSize)
  const start = readPageToken(pageToken)
  const page = models.slice(start, start + size).map(model => model.listed)
  const next = start + size
  return next < models.length ? { models: page, nextPageToken: tokenFor(next) } : { models: page }
}

const readPageSize = (written: string | undefined): number => {
  if (written === undefined || written === '') return defaultPageSize
  const size = Number(written)
  if (!Number.isInteger(size) || Math.abs(size) >= 2 ** 31) {
    const description = `Invalid value at 'page_size' (TYPE_INT32), ${JSON.stringify(written)}`
    throw invalidArgument(description, [
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'page_size', description }] },
    ])
  }
  if (size < 0) throw invalidArgument('* ListModelsRequest.page_size: page_size must be non-negative\n')
  return size === 0 ? defaultPageSize : Math.min(size, largestPageSize)
}

const tokenFor = (start: number) => Buffer.from(`models/${start}`).toString('base64url')

const readPageToken = (token: string | undefined): number => {
  if (token === undefined || token === '') return 0
  const start = Number(/^models\/(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1] ?? Number.NaN)
  if (Number.isInteger(start) && start < models.length) return start
  throw invalidArgument('* ListModelsRequest.page_token: page_token is invalid\n')
}
