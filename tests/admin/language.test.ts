import { expect, test } from 'bun:test'
import { makeDashboard, signedInVisitor, Visitor } from './_dashboard.ts'

const languageOf = async (response: Promise<Response>) =>
  /<html lang="([^"]+)"/.exec(await (await response).text())?.[1]

test.each([
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['zh-TW', 'zh-CN'],
  ['en-GB,zh;q=0.5', 'en'],
  ['fr-FR, zh;q=0.4, en;q=0.3', 'zh-CN'],
  ['zh;q=0, en;q=0.1', 'en'],
  ['fr', 'en'],
  [';;;,q=,', 'en'],
])('a browser that prefers "%s" gets %s', async (header, language) => {
  expect(await languageOf(new Visitor(makeDashboard()).get('/', { 'accept-language': header }))).toBe(language)
})

test('a language that was asked for is remembered, over the browser and over signing in', async () => {
  const visitor = new Visitor(makeDashboard())
  const english = { 'accept-language': 'en' }
  expect(await languageOf(visitor.get('/?lang=zh', english))).toBe('zh-CN')
  await visitor.signIn()
  const page = await (await visitor.get('/keys', english)).text()
  expect(page).toContain('退出登录')
  expect(page).toContain('17 小时 30 分后恢复')
  expect(page).not.toContain('Sign out')
  expect(await languageOf(visitor.get('/keys?lang=en'))).toBe('en')
})

test('choosing a language and keeping the session alive set a cookie each', async () => {
  const visitor = await signedInVisitor(makeDashboard())
  const names = (await visitor.get('/keys?lang=zh')).headers.getSetCookie().map(line => line.split('=')[0])
  expect(names).toEqual(['gemini_balance_language', 'gemini_balance_session'])
})

test('a language nobody translated is ignored and not remembered', async () => {
  const response = await new Visitor(makeDashboard()).get('/?lang=<script>')
  expect(response.headers.getSetCookie()).toEqual([])
  expect(await response.text()).toContain('<html lang="en">')
})
