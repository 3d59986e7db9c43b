import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { adminToken, clientToken, goodKey, type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { findSecret } from '#tests/endings/_find-secret.ts'

const one = 'AQ.api-one-marker-0123456789'
const two = 'AQ.api-two-marker-0123456789'
const refusedText = 'ya29.api-refused-marker-0123456789'

type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: () => Body }
type Body = {
  readonly error?: { readonly message: string }
  readonly counts: Record<string, number>
  readonly rows: readonly Record<string, unknown>[]
  readonly matching: number
  readonly matched: number
  readonly changed: number
}

describe('The keys API', () => {
  let gateway: LocalGateway
  const answers: string[] = []

  const ask = async (method: string, path: string, body?: unknown, token = adminToken): Promise<Answer> => {
    const response = await fetch(`${gateway.url}/api/keys${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!path.startsWith('/export')) answers.push(text)
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  }
  const list = async (query = '') => (await ask('GET', query)).json()

  beforeAll(async () => {
    gateway = await startGateway({
      keys: [{ secret: goodKey }, { secret: one }, { secret: two }],
      settings: { API_KEYS: JSON.stringify([goodKey]) },
    })
  })
  beforeEach(async () => {
    await ask('POST', '/delete', { select: { source: 'database' } })
    await ask('PATCH', '', { select: { all: true }, change: { enabled: true } })
  })
  afterAll(() => gateway.stop())

  const routes: readonly (readonly [method: string, path: string, body: object | undefined])[] = [
    ['GET', '', undefined],
    ['PATCH', '', { select: { all: true }, change: { enabled: false } }],
    ['POST', '/import', { text: two }],
    ['POST', '/enable', { select: { all: true } }],
    ['POST', '/disable', { select: { all: true } }],
    ['POST', '/delete', { select: { all: true } }],
    ['POST', '/export', { select: { all: true } }],
  ]

  test.each(routes)('%s /api/keys%s is closed to everybody but the administrator', async (method, path, body) => {
    for (const token of ['', 'wrong', clientToken]) {
      const { status, text } = await ask(method, path, body, token)
      expect([status, text]).toEqual([401, expect.stringContaining('admin token')])
    }
    const cookie = await fetch(`${gateway.url}/api/keys${path}?key=${adminToken}`, {
      method,
      headers: { cookie: `a=${adminToken}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    expect(cookie.status).toBe(401)
    expect((await list()).matching).toBe(1)
    expect((await list('?condition=disabled')).matching).toBe(0)
  })

  test('a dry run says what an import then does, and the new keys serve', async () => {
    const wish = {
      text: `${one}\n${refusedText}\n${one}\n${two}\n${goodKey}`,
      tags: ['x'],
      project: 'p',
      note: 'from a test',
    }
    const dry = await ask('POST', '/import', { ...wish, dryRun: true })
    expect(dry.json().counts).toEqual({
      total: 5,
      new: 2,
      known: 1,
      refused: 1,
      'duplicate-in-text': 1,
      'deleted-before': 0,
      imported: 3,
    })
    expect((await list()).matching).toBe(1)
    const done = await ask('POST', '/import', { ...wish, revive: true })
    expect(done.json()).toEqual(dry.json())
    expect(dry.json().rows.map(({ line, status }) => [line, status])).toEqual([
      [1, 'new'],
      [2, 'refused'],
      [3, 'duplicate-in-text'],
      [4, 'new'],
      [5, 'known'],
    ])
    const { rows, matching } = await list('?tag=x')
    expect(matching).toBe(2)
    expect(rows[0]).toMatchObject({
      tags: ['x'],
      project: 'p',
      note: 'from a test',
      source: 'database',
      condition: 'ready',
    })
  })

  test('rows of an import are capped when asked for, counts never', async () => {
    const { rows, counts } = (await ask('POST', '/import', { text: 'a,b,c,d', dryRun: true, mostRows: 2 })).json()
    expect([rows.length, counts.refused]).toEqual([2, 4])
  })

  test('keys are listed page by page, with and without filters', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `AQ.api-page-${index}-0123456789`)
    await ask('POST', '/import', { text: keys.join(' '), tags: ['paged'], revive: true, check: false })
    for (const [filter, matching] of [
      ['', 26],
      ['&tag=paged', 25],
      ['&tag=paged&condition=ready', 25],
      ['&condition=ready', 26],
    ] as const) {
      const seen: unknown[] = []
      for (const offset of [0, 10, 20]) {
        const page = await list(`?limit=10&offset=${offset}${filter}`)
        expect([page.matching, page.counts.total]).toEqual([matching, 26])
        seen.push(...page.rows.map(({ keyId }) => keyId))
      }
      expect(new Set(seen).size).toBe(matching)
    }
  })

  test('keys are switched, described and deleted by what they are', async () => {
    await ask('POST', '/import', { text: `key,tags\n${one},a\n${two},b`, revive: true, check: false })
    expect((await ask('POST', '/disable', { select: { tag: 'a' } })).json()).toEqual({
      matched: 1,
      changed: 1,
    } as never)
    expect((await list('?condition=disabled')).rows).toEqual([expect.objectContaining({ tags: ['a'] })])
    expect((await ask('POST', '/enable', { select: { condition: 'disabled' } })).json().changed).toBe(1)
    const change = { project: 'later', priority: 3, tags: ['c'], note: 'n', enabled: false }
    expect((await ask('PATCH', '', { select: { tag: ['a', 'b'] }, change })).json().changed).toBe(2)
    expect((await list('?project=later&priority=3')).error?.message).toContain('knows only')
    expect((await list('?project=later')).rows).toHaveLength(2)
    expect((await ask('POST', '/delete', { select: { tag: 'c' } })).json()).toEqual({ matched: 2, changed: 2 } as never)
    expect((await list()).matching).toBe(1)
  })

  test('an export can be imported again, is not to be kept by anybody, and stands in the log without secrets', async () => {
    await ask('POST', '/import', { text: `${one} ${two}`, tags: ['x'], note: '=1+1', revive: true, check: false })
    for (const format of ['text', 'json', 'csv'] as const) {
      const { status, headers, text } = await ask('POST', '/export', { select: { all: true }, format })
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
      for (const secret of [one, two, goodKey]) expect(text).toContain(secret)
      await ask('POST', '/delete', { select: { tag: 'x' } })
      const { counts } = (await ask('POST', '/import', { text, tags: ['x'], revive: true, check: false })).json()
      expect(counts).toMatchObject({ total: 3, known: 1, imported: 2, refused: 0 })
      expect((await list('?tag=x')).rows.map(({ note }) => note)).toEqual(
        format === 'text' ? ['', ''] : ['=1+1', '=1+1'],
      )
      await ask('PATCH', '', { select: { tag: 'x' }, change: { note: '=1+1' } })
      expect(gateway.output()).toContain(`"count":3,"format":"${format}"`)
    }
  })

  const select = { all: true }
  const refusals: readonly (readonly [method: string, path: string, body: unknown, sentence: string])[] = [
    ['POST', '/delete', {}, 'select must be an object'],
    ['POST', '/delete', { select: {} }, 'names no key'],
    ['POST', '/delete', { select, yes: true }, 'only select'],
    ['POST', '/disable', { select: { all: 'yes' } }, 'knows only'],
    ['POST', '/enable', { select: [select] }, 'must be an object'],
    ['POST', '/export', { select, format: 'xml' }, 'text, json, csv'],
    ['POST', '/export', { select, format: ['text'] }, 'text, json, csv'],
    ['PATCH', '', { select }, 'change must be an object'],
    ['PATCH', '', { select, change: {} }, 'change must be an object'],
    ['PATCH', '', { select, change: { kind: 'gemini' } }, 'change must be an object'],
    ['PATCH', '', { select, change: { enabled: 'perhaps' } }, 'enabled must be'],
    ['PATCH', '', { select, change: { project: 5 } }, 'project must be'],
    ['PATCH', '', { select, change: { note: 'x'.repeat(501) } }, 'note must be'],
    ['PATCH', '', { select, change: { tags: ['a', { b: 1 }] } }, 'tags must be'],
    ['PATCH', '', '{"select":{"all":true},"change":{"__proto__":{"enabled":false}}}', 'change must be an object'],
    ['PATCH', '', '{"select":{"all":true},"change":{"enabled":false},"__proto__":{}}', 'only select, change'],
    ['POST', '/import', {}, 'text must be'],
    ['POST', '/import', { text: [two] }, 'text must be'],
    ['POST', '/import', { text: two, dryrun: true }, 'may have only'],
    ['POST', '/import', { text: two, dryRun: 'true' }, 'dryRun, revive and check'],
    ['POST', '/import', { text: two, kind: 'openai' }, 'kind must be'],
    ['POST', '/import', { text: two, priority: 1e9 }, 'priority must be'],
    ['POST', '/import', { text: two, mostRows: -1 }, 'mostRows must be'],
    ['POST', '/import', { text: `${'AQ.too-many-0123456789x,'.repeat(100_001)}` }, 'at most 100,000 keys'],
    ['POST', '/import', '[]', 'must be a JSON object'],
    ['POST', '/import', 'text', 'must be a JSON object'],
    ['POST', '/import', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, 'must be a JSON object'],
    ['POST', '/delete', `{"select":${'{"tag":'.repeat(5000)}1${'}'.repeat(5000)}}`, 'must be a JSON object'],
    ['GET', '?limit=501', undefined, 'limit'],
    ['GET', '?offset=-1', undefined, 'offset'],
    ['GET', '?condition=fine', undefined, 'condition must be'],
    ['GET', '?__proto__=1', undefined, 'knows only'],
  ]

  test.each(refusals)(
    '%s /api/keys%s with a bad wish is refused with a sentence, and nothing changes',
    async (method, path, body, sentence) => {
      const { status, json } = await ask(method, path, body)
      expect([status, json().error?.message]).toEqual([400, expect.stringContaining(sentence)])
      expect([(await list()).matching, (await list('?condition=disabled')).matching]).toEqual([1, 0])
    },
  )

  test('a body that is larger than any import is refused before it is read', async () => {
    const response = await fetch(`${gateway.url}/api/keys/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: new Uint8Array(65 * 1_048_576),
    })
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('64 MB')
  })

  test('when the database does not take it nothing changes, and the answer says so', async () => {
    const { storage } = gateway.services
    const given = storage.saveKeys
    Object.assign(storage, { saveKeys: async () => Promise.reject(new Error('away')) })
    const { status, json } = await ask('POST', '/import', { text: `${two}-more`, check: false })
    Object.assign(storage, { saveKeys: given })
    expect([status, json().error?.message]).toEqual([503, expect.stringContaining('nothing was changed')])
    expect((await list()).matching).toBe(1)
    expect(gateway.takeErrors()).toEqual([expect.stringContaining('keys could not be stored')])
  })

  test('no answer but an export, and no line of the log, holds a secret', () => {
    const secrets = [one, two, goodKey, refusedText]
    for (const text of [answers.join('\n'), gateway.output()]) {
      expect(secrets.flatMap(secret => findSecret(Buffer.from(text), secret) ?? [])).toEqual([])
    }
    expect(gateway.output()).toContain('keys were imported')
    expect(gateway.output()).toContain('keys were deleted')
  })
})
