import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { adminToken, assetsOf, keysPage, programAlone, type Running, run, start } from './_program.ts'

const executablePath = '/usr/bin/chromium'
const withoutBrowser = !existsSync(executablePath) && process.env.CI === undefined
const timeout = 30_000

describe('the compiled program, alone in an empty folder', () => {
  let demo: Running
  let clientToken: string
  let folder: string
  let file: string

  beforeAll(async () => {
    ;({ folder, file } = await programAlone())
    demo = await start([file, 'demo'], { cwd: folder, environment: { AUTH_TOKEN: adminToken } })
    clientToken = /Client token +(\S+)/.exec(demo.output())?.[1] ?? ''
  }, timeout)

  afterAll(async () => {
    expect(await demo.stop()).toBe(0)
    expect(readdirSync(folder)).toEqual(['gemini-balance'])
  })

  test('says that it is alive and that it is ready', async () => {
    expect(await (await fetch(`${demo.url}/health`)).json()).toMatchObject({ status: 'healthy' })
    expect(await (await fetch(`${demo.url}/ready`)).json()).toMatchObject({ status: 'ready', database: 'ok' })
  })

  test('answers the curl command it prints', async () => {
    const command = /^ +(curl .+)$/m.exec(demo.output())?.[1] ?? ''
    const answer = await run(['sh', '-c', `${command} -sS`], { cwd: folder, environment: { PATH: '/usr/bin:/bin' } })
    expect(answer.errors).toBe('')
    expect(JSON.parse(answer.output)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] })
    expect(command).toContain(clientToken)
  })

  test('streams, counts and embeds', async () => {
    const ask = (call: string, body: unknown) =>
      fetch(`${demo.url}/v1beta/models/${call}`, {
        method: 'POST',
        headers: { 'x-goog-api-key': clientToken, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const contents = [{ parts: [{ text: 'write 40 words' }] }]
    const stream = await ask('gemini-3.8-flash:streamGenerateContent?alt=sse', { contents })
    expect(stream.headers.get('content-type')).toStartWith('text/event-stream')
    expect((await stream.text()).match(/^data: /gm)?.length).toBeGreaterThan(1)
    expect(await (await ask('gemini-3.8-flash:countTokens', { contents })).json()).toMatchObject({
      totalTokens: expect.any(Number),
    })
    const embedded = await ask('gemini-embedding-001:embedContent', { content: contents[0] })
    expect(await embedded.json()).toMatchObject({ embedding: { values: expect.any(Array) } })
  })

  test('lets a stranger in neither here nor there', async () => {
    expect((await fetch(`${demo.url}/v1beta/models`)).status).toBe(401)
    const page = await fetch(`${demo.url}/keys`, { redirect: 'manual' })
    expect([page.status, page.headers.get('location')]).toEqual([303, '/'])
  })

  test('serves the dashboard page and everything the page names, from within itself', async () => {
    const page = await keysPage(demo.url, adminToken)
    expect(page.match(/<tr[ >]/g)?.length).toBeGreaterThan(8)
    const assets = assetsOf(page)
    expect(assets.map(address => address.replace(/^.*\/|\?.*$/g, '')).sort()).toEqual([
      'app.css',
      'htmx-4.0.1.min.js',
      'icon.svg',
    ])
    for (const address of assets) {
      const asset = await fetch(new URL(address, demo.url))
      expect([address, asset.status]).toEqual([address, 200])
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(100)
    }
  })

  test('answers its own health check with 0, and with 1 where nobody listens', async () => {
    const asked = (environment: Readonly<Record<string, string>>) =>
      run([file, 'healthcheck'], { cwd: folder, environment })
    const { port } = new URL(demo.url)
    expect(await asked({ PORT: port, HOST: '127.0.0.1' })).toMatchObject({ code: 0, errors: '' })
    const { code, errors } = await asked({ PORT: '1', HOST: '127.0.0.1' })
    expect(code).toBe(1)
    expect(errors).toBe('not healthy: http://127.0.0.1:1/health does not answer (ECONNREFUSED)\n')
  })

  test.skipIf(withoutBrowser)(
    `shows the keys in a browser, without an error and without asking anyone else${withoutBrowser ? ' (skipped: needs the Debian program chromium)' : ''}`,
    async () => {
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
      try {
        const page = await browser.newPage()
        const problems: string[] = []
        page.on('console', message => {
          if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
        })
        page.on('pageerror', error => problems.push(String(error)))
        page.on('request', request => {
          if (!request.url().startsWith(`${demo.url}/`)) problems.push(`request to ${request.url()}`)
        })
        await page.goto(`${demo.url}/`)
        await page.getByLabel('Admin token').fill(adminToken)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL(`${demo.url}/keys`)
        expect(await page.locator('tbody tr').count()).toBe(8)
        expect(problems).toEqual([])
      } finally {
        await browser.close()
      }
    },
    timeout,
  )
})
