import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { Elysia } from 'elysia'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { KeyView } from '#src/keys/key-view.ts'
import { adminToken, makeDashboard } from './_dashboard.ts'
import { key, mixedKeys, overviewOf } from './_fake-keys.ts'

const executablePath = '/usr/bin/chromium'
const timeout = 20_000
const skipped = !existsSync(executablePath) && process.env.CI === undefined

// A name that is not localhost, over plain HTTP: there browsers send no Sec-Fetch-Site, only Origin.
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP dashboard.test 127.0.0.1',
]

describe.skipIf(skipped)(`in a real browser${skipped ? ' (skipped: needs the Debian program chromium)' : ''}`, () => {
  let rows: readonly KeyView[] = mixedKeys
  let signedOutAt = Number.POSITIVE_INFINITY
  const application = new Elysia({ prefix: '/balance', handler: { standardHostname: false } }).use(
    makeDashboard({
      basePath: '/balance',
      keys: overviewOf(() => rows),
      now: Date.now,
      sessionSeconds: () => (Date.now() < signedOutAt ? 3600 : 0),
    }),
  )
  let browser: Browser
  let address: string

  beforeAll(async () => {
    application.listen({ port: 0, hostname: '127.0.0.1' })
    address = `http://dashboard.test:${application.server?.port}/balance`
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
  })

  afterAll(async () => {
    await browser?.close()
    await application.stop(true)
  })

  const open = async (options: Parameters<Browser['newContext']>[0] = {}) => {
    rows = mixedKeys
    signedOutAt = Number.POSITIVE_INFINITY
    const page = await (await browser.newContext(options)).newPage()
    const problems: string[] = []
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
    })
    page.on('pageerror', error => problems.push(String(error)))
    page.on('request', request => {
      if (new URL(request.url()).host !== new URL(address).host) problems.push(`request to ${request.url()}`)
    })
    return { page, problems }
  }

  const signIn = async (page: Page) => {
    await page.goto(address)
    await page.getByLabel('Admin token').fill(adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${address}/keys`)
  }

  const keyRow = (page: Page, keyId: string) => page.getByRole('row', { name: new RegExp(`^f00d0+${keyId} `) })

  const untilRows = (page: Page, count: number) => page.locator(`tbody > tr:nth-child(${count}):last-child`).waitFor()

  test(
    'somebody signs in, sees the keys, sees one change by itself, filters, and signs out',
    async () => {
      const { page, problems } = await open()
      await signIn(page)
      expect(await page.getByRole('heading', { name: 'Keys' }).isVisible()).toBe(true)
      expect(await page.locator('tbody tr').count()).toBe(6)
      expect(await keyRow(page, '1').textContent()).toContain('Ready')

      rows = [key('1', { condition: 'dead', reason: 'API key expired.' }), ...mixedKeys.slice(1)]
      await keyRow(page, '1').getByText('API key expired.').waitFor()
      expect(await page.locator('.tile-dead .tile-count').textContent()).toBe('2')

      await page.getByRole('button', { name: 'Cooling' }).click()
      await page.waitForURL(`${address}/keys?condition=cooling`)
      await untilRows(page, 2)
      expect(await page.getByRole('button', { name: 'Cooling' }).getAttribute('aria-pressed')).toBe('true')

      rows = rows.filter(row => row.keyId !== '4')
      await untilRows(page, 1)
      await page.locator('#filter-cooling:focus').waitFor()

      await page.goBack()
      await untilRows(page, 5)
      expect(page.url()).toBe(`${address}/keys`)

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Admin token').waitFor()
      expect(page.url()).toBe(`${address}/`)
      await page.goto(`${address}/keys`)
      expect(page.url()).toBe(`${address}/`)
      expect(problems).toEqual([])
    },
    timeout,
  )

  test(
    'an open page whose session ends goes to the sign-in page by itself and says why',
    async () => {
      const { page } = await open()
      await signIn(page)
      signedOutAt = 0
      await page.waitForURL(`${address}/?expired`)
      await page.getByText('Your session has ended.').waitFor()
    },
    timeout,
  )

  test(
    'filters and pages work without script',
    async () => {
      const { page } = await open({ javaScriptEnabled: false })
      rows = Array.from({ length: 60 }, (_, index) => key(String(index), { condition: 'dead' }))
      await signIn(page)
      await page.getByRole('button', { name: 'Dead' }).click()
      await page.getByRole('link', { name: 'Next' }).click()
      expect(page.url()).toBe(`${address}/keys?condition=dead&page=2`)
      expect(await page.locator('tbody tr').count()).toBe(10)
    },
    timeout,
  )

  test(
    'on a phone nothing is wider than the screen, in both languages',
    async () => {
      const { page, problems } = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
      await signIn(page)
      for (const language of ['zh', 'en']) {
        await page.goto(`${address}/keys?lang=${language}`)
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
      }
      expect(problems).toEqual([])
    },
    timeout,
  )
})
