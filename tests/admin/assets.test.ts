import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import htmx from 'htmx.org/package.json'
import { makeDashboard, Visitor } from './_dashboard.ts'

const publicFolder = join(import.meta.dir, '..', '..', 'public')

test('every file of public/ is served, except what is written for readers of the source', async () => {
  const visitor = new Visitor(makeDashboard())
  for (const name of readdirSync(publicFolder)) {
    expect([name, (await visitor.get(`/assets/${name}`)).status]).toEqual([name, name.endsWith('.md') ? 404 : 200])
  }
})

test('files are kept for a year, under addresses that change with their content', async () => {
  const visitor = new Visitor(makeDashboard())
  const page = await (await visitor.get('/')).text()
  const address = /href="(\/assets\/app\.css\?v=[0-9a-f]{10})"/.exec(page)?.[1] ?? ''
  const response = await visitor.get(address)
  expect(response.headers.get('cache-control')).toBe('immutable, max-age=31536000')
  expect(response.headers.get('content-type')).toStartWith('text/css')
  const etag = response.headers.get('etag') ?? ''
  const again = await visitor.get(address, { 'if-none-match': etag })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test.each(['/assets/../package.json', '/assets/..%2fpackage.json', '/assets/', '/assets/.env'])(
  '%s is not there',
  async path => {
    expect((await new Visitor(makeDashboard()).get(path)).status).toBe(404)
  },
)

test('the copy of htmx is the one of the package that is installed', async () => {
  const copy = Bun.file(join(publicFolder, `htmx-${htmx.version}.min.js`))
  expect(await copy.text()).toBe(await Bun.file(Bun.resolveSync('htmx.org/dist/htmx.min.js', import.meta.dir)).text())
})
