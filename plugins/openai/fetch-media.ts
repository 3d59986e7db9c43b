import type { Authenticated } from '#pipeline/exchange.ts'
import type { Gateway } from '#pipeline/plugin.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { type FetchedMedia, MediaRefused } from '#src/media/media-fetcher.ts'
import type { RemoteMedia } from '#src/protocols/openai/request/remote-media.ts'

/** One request can hardly mean more, and each is a request to somebody's server. */
const mostMedia = 16

/** Of all media of a request together; Google takes less in one request, and all of it is held in memory. */
const mostBytes = 100 * 1024 * 1024

/**
 * What a request names by address, fetched; each address once.
 * @throws GatewayError `invalid-request` naming the part that cannot be had
 */
export const fetchMedia = async (
  media: Gateway['media'],
  named: readonly RemoteMedia[],
  { scope, stopwatch }: Authenticated,
): Promise<ReadonlyMap<string, FetchedMedia>> => {
  if (named.length === 0) return new Map()
  const distinct = new Map(named.map(each => [each.url, each]))
  if (distinct.size > mostMedia) {
    throw new GatewayError('invalid-request', `A request can name at most ${mostMedia} addresses to fetch from.`)
  }
  const startedAt = performance.now()
  const controller = new AbortController()
  scope.defer(() => controller.abort())
  let size = 0
  const fetchCounted = async (each: RemoteMedia) => {
    const fetched = await fetchOne(media, each, controller.signal)
    size += fetched.size
    if (size > mostBytes)
      throw new GatewayError('request-too-large', 'The media of the request are too large together.')
    return [each.url, fetched] as const
  }
  try {
    return new Map(await Promise.all(Array.from(distinct.values(), fetchCounted)))
  } finally {
    // Of the others, when one has failed.
    controller.abort()
    stopwatch.receive += performance.now() - startedAt
  }
}

const fetchOne = async (media: Gateway['media'], { url, kind, param }: RemoteMedia, signal: AbortSignal) => {
  try {
    return await media.fetch(url, kind, signal)
  } catch (error) {
    if (signal.aborted) throw new GatewayError('client-gone', 'The client went away.', { cause: error })
    if (!(error instanceof MediaRefused)) throw error
    const detail = error.detail === undefined ? {} : { detail: error.detail }
    throw new GatewayError('invalid-request', error.message, { param, cause: error, ...detail })
  }
}
