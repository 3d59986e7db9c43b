import { Elysia } from 'elysia'
import { TooManyKeys } from '../keys/import/parse-keys.ts'
import { type exportFormats, writeKeys } from '../keys/import/write-keys.ts'
import { type KeyBook, type KeyChangeResult, KeysNotStored } from '../keys/key-book.ts'
import type { KeyPool } from '../keys/key-pool.ts'
import type { KeyOverview } from '../keys/key-view.ts'
import { FieldsRefused, type ImportPlan } from '../keys/plan-import.ts'
import type { Logger } from '../logging/logger.ts'
import type { TokenBook } from '../security/token-book.ts'
import { isAdmin, type ReadObject, readObject, refuseStranger, tell } from './admin-request.ts'
import { listKeys } from './list-keys.ts'
import { type KeysRequest, readKeysRequest } from './read-keys-request.ts'

export type KeysApiDependencies = {
  readonly book: KeyBook
  readonly pool: Pick<KeyPool, 'keys'>
  readonly overview: Pick<KeyOverview, 'page' | 'rows'>
  readonly tokens: Pick<TokenBook, 'find'>
  readonly logger: Logger
  /** Has keys that were just taken in checked, in the background. */
  readonly checkOnImport: (keyIds: readonly string[]) => void
  /** Lets the connection be silent for as long as the answer takes; returns what takes that back. */
  readonly keepOpen: (request: Request) => () => void
}

/** A hundred thousand keys with all that can be said of them; also a hundred thousand ids. */
const mostBytes = 64 * 1_048_576

/**
 * The keys for programs and, by `curl`, for people, with the admin token as `Authorization: Bearer`:
 *
 * - `GET /api/keys?condition=dead&tag=x&offset=0&limit=100`: states and counts, no secrets
 * - `POST /api/keys/import` `{"text", "dryRun", "kind", "project", "priority", "tags", "note", "enabled", "revive",
 *   "check", "mostRows"}`: what becomes, or would become, of every piece of a pasted text
 * - `POST /api/keys/enable`, `/disable`, `/delete` `{"select"}`; `PATCH /api/keys` `{"select", "change"}`
 * - `POST /api/keys/export` `{"select", "format"}`: the secrets
 *
 * `select` is read by `keys/read-selection.ts` and never means every key by accident. Bodies with unknown parts are refused:
 * a misspelt `dryRun` would not be dry.
 */
export const keysApi = (dependencies: KeysApiDependencies) => {
  const { book, logger, tokens, keepOpen } = dependencies

  const answer = async <Name extends KeysRequest['name']>(
    request: Request,
    name: Name,
    act: (wish: Extract<KeysRequest, { name: Name }>) => Promise<Response>,
  ): Promise<Response> => {
    if (!isAdmin(request, tokens)) return refuseStranger()
    const takeBack = keepOpen(request)
    try {
      const body: ReadObject = await readObject(request, mostBytes, 'up to 64 MB')
      if (body.kind === 'refused') return body.response
      const read = readKeysRequest(name, body.object, dependencies)
      return read.kind === 'refused'
        ? tell(400, read.reason)
        : await act(read.wish as Extract<KeysRequest, { name: Name }>)
    } catch (error) {
      if (error instanceof FieldsRefused || error instanceof TooManyKeys) return tell(400, error.message)
      if (!(error instanceof KeysNotStored)) throw error
      logger.error('keys could not be stored', { error })
      return tell(503, error.message)
    } finally {
      takeBack()
    }
  }

  const switchKeys = (request: Request, enabled: boolean) =>
    answer(request, 'select', async ({ keyIds }) => {
      const result = await book.change(keyIds, { enabled })
      return told(logger, `keys were ${enabled ? 'enabled' : 'disabled'}`, result)
    })

  return new Elysia({ name: 'keys-api' })
    .get('/api/keys', ({ request }) => {
      if (!isAdmin(request, tokens)) return refuseStranger()
      const list = listKeys(new URL(request.url).searchParams, dependencies)
      return list.kind === 'refused' ? tell(400, list.reason) : Response.json(list.page, { headers: noStore })
    })
    .patch(
      '/api/keys',
      ({ request }) =>
        answer(request, 'change', async ({ keyIds, change }) => {
          const result = await book.change(keyIds, change)
          return told(logger, 'keys were changed', result, { names: Object.keys(change) })
        }),
      unparsed,
    )
    .post(
      '/api/keys/import',
      ({ request }) =>
        answer(request, 'import', async ({ text, dryRun, check, mostRows, options }) => {
          if (dryRun) return shown(await book.plan(text, options), mostRows)
          const result = await book.import(text, options)
          logger.info('keys were imported', result.counts)
          if (check) dependencies.checkOnImport(result.keyIds)
          return shown(result, mostRows)
        }),
      unparsed,
    )
    .post('/api/keys/enable', ({ request }) => switchKeys(request, true), unparsed)
    .post('/api/keys/disable', ({ request }) => switchKeys(request, false), unparsed)
    .post(
      '/api/keys/delete',
      ({ request }) =>
        answer(request, 'select', async ({ keyIds }) => told(logger, 'keys were deleted', await book.remove(keyIds))),
      unparsed,
    )
    .post(
      '/api/keys/export',
      ({ request }) =>
        answer(request, 'export', async ({ keyIds, format }) => {
          const keys = book.export(keyIds)
          logger.warn('keys were exported with their secrets', { count: keys.length, format })
          return new Response(writeKeys(keys, format), { headers: { ...noStore, ...exportTypes[format] } })
        }),
      unparsed,
    )
}

const unparsed = { parse: 'none' } as const

const noStore = { 'cache-control': 'no-store' }

const exportTypes: Readonly<Record<(typeof exportFormats)[number], Record<string, string>>> = {
  text: { 'content-type': 'text/plain; charset=UTF-8' },
  json: { 'content-type': 'application/json; charset=UTF-8' },
  csv: { 'content-type': 'text/csv; charset=UTF-8', 'content-disposition': 'attachment; filename="keys.csv"' },
}

const shown = ({ counts, rows }: ImportPlan, mostRows: number) =>
  Response.json({ counts, rows: rows.slice(0, mostRows) }, { headers: noStore })

const told = (logger: Logger, event: string, result: KeyChangeResult, more: Readonly<Record<string, unknown>> = {}) => {
  logger.info(event, { ...result, ...more })
  return Response.json(result)
}
