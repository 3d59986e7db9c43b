import type { EmulatorClock } from '../keys/emulator-clock.ts'
import { isKeyBehaviour, keyBehaviours } from '../keys/key-behaviour.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { QuotaLedger } from '../keys/quota-ledger.ts'
import type { RequestJournal } from './request-journal.ts'

export type Controlled = {
  readonly keys: KeyRing
  readonly quotas: QuotaLedger
  readonly clock: EmulatorClock
  readonly journal: RequestJournal
}

export const controlPrefix = '/emulator/'

/**
 * The emulator's own addresses, beside Google's: `GET /emulator/state`, `PUT /emulator/keys/{secret}`,
 * `POST /emulator/clock`, `GET` and `DELETE /emulator/requests`. They need no credential: this is a toy on one machine.
 */
export const controlEmulator = (controlled: Controlled, method: string, path: string, bodyText: string): Response => {
  const { clock, journal } = controlled
  const key = /^\/emulator\/keys\/([^/]+)$/.exec(path)?.[1]
  if (method === 'GET' && path === '/emulator/state') return Response.json(stateOf(controlled))
  if (method === 'PUT' && key !== undefined) return setKey(controlled, decodeURIComponent(key), readObject(bodyText))
  if (method === 'POST' && path === '/emulator/clock') return setClock(clock, readObject(bodyText))
  if (method === 'GET' && path === '/emulator/requests')
    return Response.json({ requests: journal.requests, openRequests: journal.openRequests })
  if (method === 'DELETE' && path === '/emulator/requests') {
    journal.clear()
    return new Response(null, { status: 204 })
  }
  return problem(404, `The emulator has no ${method} ${path}`)
}

const stateOf = ({ keys, quotas, clock, journal }: Controlled) => ({
  now: clock.now(),
  clockSpeed: clock.speed(),
  keys: keys.keys,
  quotas: quotas.use,
  requests: journal.requests.length,
  openRequests: journal.openRequests,
})

const setKey = ({ keys }: Controlled, secret: string, body: Readonly<Record<string, unknown>>): Response => {
  const { behaviour, times = null } = body
  if (keys.find(secret) === undefined) return problem(404, 'The emulator has no such key')
  if (!isKeyBehaviour(behaviour)) return problem(400, `behaviour must be one of: ${keyBehaviours.join(', ')}`)
  if (times !== null && !(typeof times === 'number' && Number.isInteger(times) && times > 0))
    return problem(400, 'times must be a whole number above 0, or absent')
  keys.setBehaviour(secret, behaviour, times)
  return Response.json(keys.keys.find(key => key.secret === secret))
}

const setClock = (clock: EmulatorClock, body: Readonly<Record<string, unknown>>): Response => {
  const { advanceMs = 0, speed = clock.speed() } = body
  if (typeof advanceMs !== 'number' || advanceMs < 0) return problem(400, 'advanceMs must be a number of at least 0')
  if (typeof speed !== 'number' || speed < 0) return problem(400, 'speed must be a number of at least 0')
  clock.setSpeed(speed)
  clock.advance(advanceMs)
  return Response.json({ now: clock.now(), clockSpeed: clock.speed() })
}

const problem = (status: number, message: string) => Response.json({ error: message }, { status })

const readObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
