import { Elysia } from 'elysia'
import type { SelectedKeys } from '../keys/check-select.ts'
import type { CheckSummary, KeyChecker } from '../keys/key-checker.ts'
import { conditionOf } from '../keys/key-index.ts'
import type { KeyPool } from '../keys/key-pool.ts'
import type { Logger } from '../logging/logger.ts'
import type { TokenBook } from '../security/token-book.ts'
import { isAdmin, readObject, refuseStranger, tell } from './admin-request.ts'

export type KeysCheckApiDependencies = {
  readonly checker: Pick<KeyChecker, 'check'>
  /** Which keys `select` of the body means. */
  readonly resolve: (select: unknown) => SelectedKeys | Promise<SelectedKeys>
  readonly pool: Pick<KeyPool, 'key'>
  readonly tokens: Pick<TokenBook, 'find'>
  readonly logger: Logger
  /** Lets the connection be silent for as long as the answer takes; returns what takes that back. */
  readonly keepOpen: (request: Request) => () => void
}

const mostBytes = 16 * 1_048_576

/**
 * `POST /api/keys/check` with `{"select": …, "deep": false}` and the admin token as `Authorization: Bearer`. The answer is
 * one JSON object per line as the results come: `{"total"}`, then `{"keyId","fingerprint","verdict","finding",
 * "condition","reason"}` per key, last `{"done":true,"healthy","dead","unknown"}`. When the caller leaves, the run stops;
 * what was found until then holds.
 */
export const keysCheckApi = ({ checker, resolve, pool, tokens, logger, keepOpen }: KeysCheckApiDependencies) =>
  new Elysia({ name: 'keys-check-api' }).post(
    '/api/keys/check',
    async ({ request }) => {
      if (!isAdmin(request, tokens)) return refuseStranger()
      const body = await readObject(request, mostBytes, shape)
      if (body.kind === 'refused') return body.response
      const wish = readWish(body.object)
      if (wish === null) return tell(400, `The body must be a JSON object ${shape}.`)
      const selected = await resolve(wish.select)
      if (selected.kind === 'refused') return tell(400, selected.reason)
      const keyIds = new Set(selected.keyIds)
      const takeBack = keepOpen(request)
      const produce: Produce = async (write, signal) => {
        await write({ total: keyIds.size })
        const summary = await checker.check(keyIds, {
          deep: wish.deep,
          signal,
          onResult: result => {
            const key = pool.key(result.keyId)
            return write({ ...result, condition: key === undefined ? null : conditionOf(key) })
          },
        })
        logger.info('keys were checked', { total: keyIds.size, deep: wish.deep, ...summary })
        await write(lastLine(summary))
      }
      const run = async (...stream: Parameters<Produce>) => {
        try {
          await produce(...stream)
        } catch (error) {
          logger.error('checking keys failed', { error })
          throw error
        }
      }
      return new Response(lineStream(request.signal, run, takeBack), { headers: lineHeaders })
    },
    { parse: 'none' },
  )

const lastLine = ({ isComplete, ...counts }: CheckSummary) =>
  isComplete
    ? { done: true, ...counts }
    : { done: false, ...counts, message: 'The gateway is stopping: the keys that are left were not checked.' }

type CheckWish = { readonly select: unknown; readonly deep: boolean }

const shape = 'like {"select": …, "deep": false}, up to 16 MB'

/** @returns null when a part is wrong, or one that nobody knows */
const readWish = (body: ReadonlyMap<string, unknown>): CheckWish | null => {
  const deep = body.get('deep') ?? false
  const isKnown = [...body.keys()].every(name => name === 'select' || name === 'deep')
  return isKnown && body.has('select') && typeof deep === 'boolean' ? { select: body.get('select'), deep } : null
}

const lineHeaders = {
  'content-type': 'application/x-ndjson; charset=UTF-8',
  'cache-control': 'no-store',
  // A proxy in between (nginx) must not collect what is meant to be seen as it comes.
  'x-accel-buffering': 'no',
}

/** Resolves when the line has gone on far enough that the next may come. After the reader left it does nothing. */
type Write = (line: object) => void | Promise<void>

type Produce = (write: Write, signal: AbortSignal) => Promise<void>

const mostLinesWaiting = 100

/** What `produce` writes, one JSON text per line; its signal is aborted when the reader leaves. */
const lineStream = (client: AbortSignal, produce: Produce, onEnd: () => void): ReadableStream<Uint8Array> => {
  const gone = new AbortController()
  let room = Promise.withResolvers<void>()
  const makeRoom = () => {
    room.resolve()
    room = Promise.withResolvers()
  }
  const leave = () => {
    gone.abort()
    makeRoom()
  }
  // An event that has been is not told again: the caller may have left while the body was read.
  if (client.aborted) leave()
  else client.addEventListener('abort', leave, { once: true })
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write: Write = line => {
          if (gone.signal.aborted) return undefined
          controller.enqueue(Buffer.from(`${JSON.stringify(line)}\n`))
          return (controller.desiredSize ?? 0) > 0 ? undefined : room.promise
        }
        const end = () => {
          client.removeEventListener('abort', leave)
          onEnd()
        }
        produce(write, gone.signal).then(
          () => {
            end()
            if (!gone.signal.aborted) controller.close()
          },
          error => {
            end()
            if (!gone.signal.aborted) controller.error(error)
          },
        )
      },
      pull: makeRoom,
      cancel: leave,
    },
    { highWaterMark: mostLinesWaiting },
  )
}
