import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import type { KeyView } from '#src/keys/key-view.ts'
import { createLogger } from '#src/logging/logger.ts'
import { htmxHeaders, makeDashboard, signedInVisitor } from './_dashboard.ts'
import { afternoon, key, mixedKeys, overviewOf } from './_fake-keys.ts'

const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

const pageOf = async (rows: readonly KeyView[], path = '/keys') => {
  const visitor = await signedInVisitor(makeDashboard({ keys: overviewOf(() => rows) }))
  return (await visitor.get(path)).text()
}

const fingerprintsIn = (html: string) => [...html.matchAll(/<code class="fingerprint">(\w+)</g)].map(([, name]) => name)

test('the page counts the keys by condition', async () => {
  const text = textOf(await pageOf(mixedKeys))
  expect(text).toContain('All 6 Ready 2 Cooling 2 Dead 1 Disabled 1')
})

test('a row says what the key is, what it did and when it comes back', async () => {
  const text = textOf(await pageOf(mixedKeys))
  expect(text).toContain('f00d00000001 Gemini · environment lighthouse-prod Ready 3 18,204 12 just now')
  expect(text).toContain(
    'Cooling for 2 models gemini-3-pro daily quota used up back in 17h 30m gemini-3-flash minute quota used up back in 41s',
  )
  expect(text).toContain('Dead Google suspended this key (CONSUMER_SUSPENDED). Make a new one in another project.')
  expect(text).toContain('f00d00000006 Vertex Express · database · priority 1 – Disabled 0 4,096 0 never')
})

test('a cool-down that is over but not yet swept says so instead of counting below nothing', async () => {
  const cooling = [{ bucket: 'gemini-3-pro', until: afternoon - 1, reason: 'a-new-verdict' }]
  const text = textOf(await pageOf([key('1', { condition: 'cooling', cooling })]))
  expect(text).toContain('Cooling for 1 model gemini-3-pro a-new-verdict back any moment')
})

test('the filter is in the address, and the form, the refresh and the links keep it', async () => {
  const rows = Array.from({ length: 120 }, (_, index) =>
    key(String(index), { condition: index % 2 === 0 ? 'dead' : 'ready' }),
  )
  const html = await pageOf(rows, '/keys?condition=dead&page=1')
  expect(fingerprintsIn(html)).toHaveLength(50)
  expect(html).toContain('hx-get="/keys?condition=dead"')
  expect(html).toContain('href="/keys?condition=dead&page=2"')
  expect(html).toContain('id="filter-dead" name="condition" value="dead" aria-pressed="true"')
  expect(html).not.toContain('pill-ready')
})

test('pages hold fifty keys, and one past the end is the last', async () => {
  const rows = Array.from({ length: 101 }, (_, index) => key(String(index)))
  const second = await pageOf(rows, '/keys?page=2')
  expect([fingerprintsIn(second)[0], fingerprintsIn(second).length]).toEqual(['f00d00000050', 50])
  expect(textOf(second)).toContain('Previous 51–100 of 101 Next')
  expect(second).toContain('id="page-previous" class="page-link" href="/keys" ')
  const past = await pageOf(rows, '/keys?page=9000')
  expect(fingerprintsIn(past)).toEqual(['f00d00000100'])
  expect(past).toContain('hx-get="/keys?page=3"')
})

test.each(['page=0', 'page=-1', 'page=1e3', 'page=NaN', 'condition=nope', 'page=&condition='])(
  'an address with %s shows the first page of all keys',
  async query => {
    expect(fingerprintsIn(await pageOf(mixedKeys, `/keys?${query}`))).toHaveLength(6)
  },
)

test('a refresh gets the same fragment that stands in the page, and no more', async () => {
  const visitor = await signedInVisitor(makeDashboard())
  const page = await (await visitor.get('/keys?condition=cooling')).text()
  const fragment = await (await visitor.refresh('/keys?condition=cooling')).text()
  expect(fragment).toStartWith('<section id="keys"')
  expect(fragment).toEndWith('</section>')
  expect(page).toContain(fragment)
})

test('going back in history gets the whole page', async () => {
  const visitor = await signedInVisitor(makeDashboard())
  const response = await visitor.get('/keys', { ...htmxHeaders, 'hx-history-restore-request': 'true' })
  expect(await response.text()).toStartWith('<!doctype html>')
})

test('without a key the page says how to add one; with none of a condition it says that', async () => {
  expect(textOf(await pageOf([]))).toContain('No keys yet Put your Gemini API keys into the setting API_KEYS')
  expect(textOf(await pageOf([key('1')], '/keys?condition=dead'))).toContain('No key is in this condition')
})

test('a database that is away is on the page, with what waits and what was lost', async () => {
  const storageStatus = () => ({ healthy: false, pending: 1240, dropped: 3 })
  const visitor = await signedInVisitor(makeDashboard({ storageStatus }))
  expect(textOf(await (await visitor.refresh('/keys')).text())).toContain(
    'The database cannot be reached. Requests are still served. 1,240 records wait in memory; 3 had to be dropped.',
  )
})

test('a page that breaks shows a number and nothing else; the log has the number and the cause', async () => {
  const lines: string[] = []
  const logger = createLogger({ level: () => 'debug', format: 'json', write: line => lines.push(line) })
  const keys = overviewOf(() => {
    throw new Error('pool exploded at line 12')
  })
  const application = new Elysia().use(makeDashboard({ keys, logger })).onError({ as: 'global' }, () => 'api error')
  const visitor = await signedInVisitor(application)
  lines.length = 0
  const response = await visitor.get('/keys')
  const html = await response.text()
  expect([response.status, response.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8'])
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(html).not.toContain('exploded')
  const [line] = lines.map(text => JSON.parse(text))
  expect(line).toMatchObject({ level: 'error', path: '/keys', error: { message: 'pool exploded at line 12' } })
  expect(html).toContain(`<code>${line.errorId}</code>`)
})
