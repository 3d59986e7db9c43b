import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { clientToken } from '#tests/_gateway.ts'
import { send } from '#tests/endings/_ask.ts'
import { settled, until } from '#tests/endings/_ledger.ts'
import { rawPost } from '#tests/endtoend/_raw-socket.ts'
import { model } from '#tests/endtoend/verdicts/_cast.ts'
import { exhausted, nextMinute, prompts, waiting } from './_exhausted.ts'
import { rowsOf } from './_look.ts'

test('who leaves while waiting takes no key, sends nothing, and has a row of its own', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp)
  cast.gateway.emulator.clearRequests()
  const leaving = new AbortController()
  const first = cast.ask({ prompt: 'first' })
  await waiting(cast, 1)
  const gone = send(cast.gateway.url, { prompt: 'gone', signal: leaving.signal }).catch(() => 'gone')
  await waiting(cast, 2)
  const last = cast.ask({ prompt: 'last' })
  await waiting(cast, 3)
  leaving.abort()
  await waiting(cast, 2)
  expect(await gone).toBe('gone')
  cast.moveTo(nextMinute)
  expect([(await first).status, (await last).status]).toEqual([200, 200])
  expect(prompts(cast).sort()).toEqual(['first', 'last'])
  const rows = await rowsOf(cast.gateway)
  expect(rows.filter(({ status }) => status === 499)).toMatchObject([
    { outcome: 'abandoned', error: 'client-gone', attempts: 0, trace: [] },
  ])
  expect(rows).toHaveLength(4)
})

test('when all who waited have left, nothing is left of them', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp)
  const leaving = new AbortController()
  const gone = Array.from({ length: 50 }, () => send(cast.gateway.url, { signal: leaving.signal }).catch(() => 'gone'))
  await waiting(cast, 50)
  leaving.abort()
  await waiting(cast, 0)
  expect(new Set(await Promise.all(gone))).toEqual(new Set(['gone']))
  cast.moveTo(nextMinute)
  cast.asked()
  expect((await cast.ask()).status).toBe(200)
  expect(cast.asked()).toEqual(['only'])
  expect((await rowsOf(cast.gateway)).filter(({ status }) => status === 499)).toHaveLength(50)
})

test('two thousand clients wait for a key, and all of them leave', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp, { settings: { KEY_WAIT_MAX_SECONDS: '3600' } })
  const { ask, gateway } = cast
  gateway.emulator.clearRequests()
  const { line, pool } = gateway.services
  const request = rawPost(
    `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    [`x-goog-api-key: ${clientToken}`, 'content-type: application/json'],
    '{"contents":[{"parts":[{"text":"hello"}]}]}',
  )
  const sockets = Array.from({ length: 2000 }, () => {
    const socket = connect(gateway.port, '127.0.0.1')
    socket.on('error', () => {
      // Told by the count of those who wait.
    })
    socket.write(request)
    return socket
  })
  await until(() => line.size === 2000)
  expect(gateway.live.count).toBe(2000)
  for (const socket of sockets) socket.destroy()
  await until(() => line.size === 0)
  const { rows, verdicts, inFlight, openUpstream } = await settled(gateway)
  expect([pool.inFlight, inFlight, openUpstream, gateway.emulator.requests.length]).toEqual([0, 0, 0, 0])
  // The log gives the newest thousand.
  expect(rows).toHaveLength(1000)
  expect(new Set(rows.map(({ status_code }) => status_code))).toEqual(new Set([499]))
  expect(new Set(verdicts.map(({ length }) => length))).toEqual(new Set([0]))
  cast.moveTo(nextMinute)
  expect((await ask()).status).toBe(200)
}, 60_000)
