import { afterAll, beforeAll, expect, test } from 'bun:test'
import { adminToken, clientToken, type LocalGateway, startGateway } from '#tests/_gateway.ts'

const model = 'gemini-3.8-flash'
/** 2026-11-23 12:00 in Los Angeles: half of the day is over. */
const noon = Date.UTC(2026, 10, 23, 20)
const keys = ['one', 'two', 'three', 'four'].map(name => ({
  secret: `AQ.key-of-project-${name}`,
  limits: { perDay: 4 },
}))

let gateway: LocalGateway
beforeAll(async () => {
  gateway = await startGateway({ keys, emulator: { startAt: noon }, now: () => noon, settings: { MAX_RETRIES: '2' } })
})
afterAll(() => gateway.stop())

const ask = () =>
  fetch(`${gateway.url}/v1beta/models/${model}:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': clientToken },
    body: '{"contents":[{"parts":[{"text":"hello"}]}]}',
  })

const get = async (path: string) => {
  const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${adminToken}` } })
  // biome-ignore lint/suspicious/noExplicitAny: as any program sees it
  return { status: response.status, body: (await response.json()) as any }
}

test('nobody but the administrator sees the pool', async () => {
  for (const path of ['/api/pool', '/api/projects']) {
    for (const token of [undefined, clientToken, 'x']) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      expect((await fetch(gateway.url + path, { headers })).status).toBe(401)
    }
  }
})

test('what is used and left, how it goes on, and how many more projects it would take', async () => {
  for (let turn = 0; turn < 16; turn++) expect((await ask()).status).toBe(200)
  // Two are refused by Google, which tells what may be used; the others are not known to be out yet.
  expect((await ask()).status).toBe(429)
  const { body } = await get('/api/pool')
  expect(body).toMatchObject({
    keys: { total: 4, ready: 2, cooling: 2, dead: 0, disabled: 0 },
    inFlight: 0,
    waiting: 0,
    failingModels: [],
    egresses: [{ name: 'direct', state: 'open' }],
    models: [
      {
        kind: 'gemini',
        bucket: model,
        requestsToday: 16,
        missedToday: 0,
        knownOwners: 2,
        knownLimit: 8,
        knownLeft: 0,
        unknownOwners: 2,
        leftToday: 0,
        perHour: 16 / 12,
        runsOutAt: noon,
        shortBy: 16,
        projectsNeeded: 4,
        resetsAt: Date.UTC(2026, 10, 24, 8),
      },
    ],
  })
})

test('each project with what it used, what is left and when it is back, a page at a time', async () => {
  const { body } = await get('/api/projects?limit=3')
  expect(body).toMatchObject({ matching: 4, rows: [{ keyCount: 1 }, { keyCount: 1 }, { keyCount: 1 }] })
  expect(body.rows[0]).toMatchObject({
    project: null,
    projectIs: 'unknown',
    aliveCount: 1,
    cooling: [{ bucket: model, reason: 'quota-per-day' }],
    buckets: [{ bucket: model, requestsToday: 4, requestsLeftToday: 0, limits: { requestsPerDay: 4 } }],
  })
  expect(body.rows[2]).toMatchObject({ cooling: [], buckets: [{ requestsToday: 4, requestsLeftToday: null }] })
  expect((await get('/api/projects?offset=3')).body.rows).toHaveLength(1)
  expect((await get('/api/projects?offset=4')).body.rows).toHaveLength(0)
  for (const query of ['limit=501', 'limit=0', 'offset=-1', 'offset=x']) {
    expect((await get(`/api/projects?${query}`)).status).toBe(400)
  }
  expect(JSON.stringify([await get('/api/projects'), await get('/api/pool')])).not.toContain('AQ.')
})
