import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { connect } from 'node:http2'
import { call, emulatorForTests, generatePath, goodKey, says } from './support.ts'

const startAt = Date.parse('2026-11-23T12:00:00Z')
const emulator = emulatorForTests([{ secret: goodKey, project: 'alpha' }], { startAt, clockSpeed: 0 })
const path = generatePath('gemini-3.8-flash')

describe('the emulator is controlled over HTTP', () => {
  test('a key can be told how to behave, and for how long', async () => {
    const set = await call(emulator, `/emulator/keys/${goodKey}`, { behaviour: 'busy', times: 1 }, { method: 'PUT' })
    expect(set.json).toMatchObject({ secret: goodKey, behaviour: 'busy', times: 1 })
    expect((await call(emulator, path, says('a'))).status).toBe(429)
    expect((await call(emulator, path, says('a'))).status).toBe(200)
  })

  test.each([
    ['PUT', '/emulator/keys/nobody', { behaviour: 'busy' }, 404],
    ['PUT', `/emulator/keys/${goodKey}`, { behaviour: 'odd' }, 400],
    ['PUT', `/emulator/keys/${goodKey}`, { behaviour: 'busy', times: 0 }, 400],
    ['POST', '/emulator/clock', { advanceMs: -1 }, 400],
    ['GET', '/emulator/nothing', undefined, 404],
  ])('%s %s %j is refused', async (method, address, body, status) => {
    expect((await call(emulator, address, body, { method })).status).toBe(status)
  })

  test('the clock can be moved and sped up', async () => {
    const { json } = await call(emulator, '/emulator/clock', { advanceMs: 60_000 })
    expect(json).toEqual({ now: startAt + 60_000, clockSpeed: 0 })
    expect(emulator.now()).toBe(startAt + 60_000)
  })

  test('requests can be read and forgotten; control itself is not among them', async () => {
    emulator.clearRequests()
    await call(emulator, `${path}?quotaUser=a`, says('hello'), { headers: { 'x-extra': 'b' } })
    const { json } = await call(emulator, '/emulator/requests')
    expect(json.requests).toHaveLength(1)
    expect(json.requests[0]).toMatchObject({
      at: startAt + 60_000,
      method: 'POST',
      path,
      query: '?quotaUser=a',
      headers: { 'x-extra': 'b', 'x-goog-api-key': goodKey },
      key: goodKey,
      bodyText: JSON.stringify(says('hello')),
      status: 200,
      cancelled: false,
    })
    expect((await call(emulator, '/emulator/requests', undefined, { method: 'DELETE' })).status).toBe(204)
    expect(emulator.requests).toEqual([])
  })

  test('its state shows keys, projects and what they have used', async () => {
    const { json } = await call(emulator, '/emulator/state')
    expect(json.keys).toMatchObject([
      { secret: goodKey, project: 'alpha', projectNumber: expect.stringMatching(/^\d{12}$/) },
    ])
    expect(json.quotas).toMatchObject([
      { project: 'alpha', bucket: 'gemini-3.8-flash', requestsToday: 2, requestsThisMinute: 1 },
    ])
  })
})

test('HTTP/2 gives the same answer', async () => {
  const modern = emulatorForTests([{ secret: goodKey }], { http2: true })
  const session = connect(modern.url)
  const request = session.request({ ':method': 'POST', ':path': path, 'x-goog-api-key': goodKey })
  request.end(JSON.stringify(says('hello')))
  let text = ''
  for await (const chunk of request) text += String(chunk)
  session.close()
  const plain = await call(modern, path, says('hello'))
  expect(createHash('sha256').update(text).digest('hex')).toBe(createHash('sha256').update(plain.text).digest('hex'))
})
