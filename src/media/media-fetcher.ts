import type { SettingValues } from '../config/define-settings.ts'
import type { mediaSettings } from '../config/media-settings.ts'
import { type Connect, connectToAddress } from './connect-to-address.ts'
import { MediaRefused, unreachable } from './media-refused.ts'
import { permittedAddresses, type Resolve, readMediaUrl, resolveName } from './media-target.ts'
import { mediaTypeOf } from './media-type.ts'
import { readLimitedBody } from './read-limited-body.ts'
import type { MediaKind } from './sniff-type.ts'
import { Turns } from './turns.ts'

export { MediaRefused }

export type FetchedMedia = {
  readonly mimeType: string
  /** base64 */
  readonly data: string
  /** In bytes, before base64. */
  readonly size: number
}

export type MediaFetcherOptions = {
  /** Live: a change holds from the next fetch on. */
  readonly settings: SettingValues<typeof mediaSettings>
  readonly resolve?: Resolve
  readonly connect?: Connect
}

/** How many are fetched at once: with MEDIA_MAX_MEGABYTES the bound of the memory they take. */
const atOnce = 8
const mostWaiting = 256

/** More addresses of one name are not tried. */
const mostAddresses = 4

/** Fetches what a request names by its address, from the public internet only. */
export class MediaFetcher {
  readonly #settings: SettingValues<typeof mediaSettings>
  readonly #resolve: Resolve
  readonly #connect: Connect
  readonly #turns = new Turns({ atOnce, waiting: mostWaiting })

  constructor({ settings, resolve = resolveName, connect = connectToAddress }: MediaFetcherOptions) {
    this.#settings = settings
    this.#resolve = resolve
    this.#connect = connect
  }

  /**
   * @throws MediaRefused, whose message is for the caller; the reason of `signal` when that is aborted
   */
  async fetch(address: string, kind: MediaKind, signal: AbortSignal): Promise<FetchedMedia> {
    signal.throwIfAborted()
    if (!this.#settings.MEDIA_FETCH_ENABLED)
      throw new MediaRefused('This gateway fetches no media. Send the data itself instead of an address.')
    const url = readMediaUrl(address)
    const seconds = this.#settings.MEDIA_TIMEOUT_SECONDS
    const limit = new AbortController()
    const timer = setTimeout(
      () => limit.abort(new MediaRefused(`The media was not fetched: it took longer than ${seconds} seconds.`)),
      seconds * 1000,
    )
    try {
      return await this.#fetchInTurn(url, kind, AbortSignal.any([signal, limit.signal]))
    } finally {
      clearTimeout(timer)
      // Nothing that was opened on the way outlives this.
      limit.abort()
    }
  }

  async #fetchInTurn(url: URL, kind: MediaKind, signal: AbortSignal): Promise<FetchedMedia> {
    const endTurn = await this.#turns.take(signal)
    if (endTurn === null) throw new MediaRefused('The media was not fetched: too much is being fetched at the moment.')
    try {
      const response = await this.#follow(url, signal)
      const mostBytes = this.#settings.MEDIA_MAX_MEGABYTES * 1_048_576
      const bytes = await readLimitedBody(response, { mostBytes, signal })
      const mimeType = mediaTypeOf(bytes, response.headers.get('content-type'), kind)
      return { mimeType, data: bytes.toString('base64'), size: bytes.length }
    } finally {
      endTurn()
    }
  }

  /** The first answer that is no redirect, if it is a good one. Every address on the way passes all checks. */
  async #follow(first: URL, signal: AbortSignal): Promise<Response> {
    let url = first
    for (let redirects = 0; ; redirects++) {
      const response = await this.#ask(url, signal)
      const location = response.headers.get('location')
      if (!redirecting.has(response.status) || location === null) return await accepted(response)
      await drop(response)
      if (redirects >= this.#settings.MEDIA_MAX_REDIRECTS)
        throw new MediaRefused('The media was not fetched: its address redirects too often.')
      url = readMediaUrl(asWritten(location), url)
    }
  }

  async #ask(url: URL, signal: AbortSignal): Promise<Response> {
    const permission = { resolve: this.#resolve, allowsPrivate: this.#settings.MEDIA_ALLOW_PRIVATE_ADDRESSES }
    const addresses = await orAborted(permittedAddresses(url, permission), signal)
    let failure = ''
    for (const address of addresses.slice(0, mostAddresses)) {
      try {
        return await orAborted(this.#connect({ url, address, signal }), signal)
      } catch (error) {
        signal.throwIfAborted()
        failure = codeOf(error)
        if (isCertificateFault(failure))
          throw new MediaRefused('The media was not fetched: the certificate of its server is not valid.', failure)
      }
    }
    throw new MediaRefused(unreachable, failure)
  }
}

const redirecting = new Set([301, 302, 303, 307, 308])

const accepted = async (response: Response): Promise<Response> => {
  const encoding = response.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (response.status === 200 && (encoding === '' || encoding === 'identity')) return response
  await drop(response)
  // We asked for `identity`; to unpack what comes all the same would be to let a few bytes become gigabytes.
  if (response.status === 200) throw new MediaRefused('The media was not fetched: its server sends it compressed.')
  throw new MediaRefused(`The media was not fetched: its server answered with status ${response.status}.`)
}

const drop = async (response: Response): Promise<void> => await response.body?.cancel().catch(() => {})

/** Servers write UTF-8 into `Location`, and headers are read as Latin-1. */
const asWritten = (location: string): string => Buffer.from(location, 'latin1').toString('utf8')

/** Looking a name up cannot be cancelled, only left alone. */
const orAborted = async <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

const isCertificateFault = (code: string) => /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)
