import { GatewayError } from '../errors/gateway-error.ts'
import { isDeeperThan } from '../protocols/text-depth.ts'
import type { TokenBook } from '../security/token-book.ts'
import { Watchdog } from '../upstream/watchdog.ts'
import { readBody } from '../web/read-body.ts'

/**
 * Whether a request carries the admin token as `Authorization: Bearer`. No cookie counts, so there is nothing that
 * another site could make a browser send.
 */
export const isAdmin = ({ headers }: Request, tokens: Pick<TokenBook, 'find'>): boolean =>
  tokens.find((headers.get('authorization') ?? '').replace(/^bearer /i, ''))?.role === 'admin'

/** The answer to whoever is not. */
export const refuseStranger = (): Response => tell(401, 'Send the admin token as Authorization: Bearer.')

/** An error for programs and, by `curl`, for people. */
export const tell = (status: number, message: string, more: Readonly<Record<string, unknown>> = {}): Response =>
  Response.json({ error: { message, ...more } }, { status })

export type ReadObject =
  | { readonly kind: 'read'; readonly object: ReadonlyMap<string, unknown> }
  | { readonly kind: 'refused'; readonly response: Response }

const bodyMilliseconds = 60_000
const deepest = 50
const watchdog = new Watchdog()

/**
 * Reads a body that must be a JSON object. The values are as they were sent: whoever uses one looks at its type.
 * @param shape what the body should be, for the sentence that refuses another one
 */
export const readObject = async (request: Request, mostBytes: number, shape: string): Promise<ReadObject> => {
  try {
    const body = await readBody(request, { mostBytes, milliseconds: bodyMilliseconds, watchdog })
    const text = body.toString('utf8')
    const value: unknown = isDeeperThan(deepest, text) ? undefined : JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { kind: 'read', object: new Map(Object.entries(value)) }
  } catch (error) {
    if (error instanceof GatewayError) return { kind: 'refused', response: tell(error.status, error.message) }
  }
  return { kind: 'refused', response: tell(400, `The body must be a JSON object ${shape}.`) }
}
