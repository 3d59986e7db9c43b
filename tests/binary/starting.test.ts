import { beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { version } from '#src/version.ts'
import { startCompiledGateway } from '#tests/_gateway.ts'
import { adminToken, emptyFolder, keysPage, programAlone, run, start } from './_program.ts'

const timeout = 30_000
let file: string

beforeAll(async () => {
  ;({ file } = await programAlone())
}, timeout)

const runIn = (cwd: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  run([file, ...words], { cwd, environment })

describe('words on the command line', () => {
  test.each([['version'], ['--version'], ['-v']])('%s prints the version', async word => {
    expect(await runIn(emptyFolder(), [word])).toEqual({ code: 0, output: `${version}\n`, errors: '' })
  })

  test.each([['help'], ['--help'], ['-h']])('%s prints how the program is used', async word => {
    const { code, output } = await runIn(emptyFolder(), [word])
    expect(code).toBe(0)
    for (const name of ['serve', 'demo', 'healthcheck', 'version', 'API_KEYS', 'DATA_DIR'])
      expect(output).toContain(name)
  })

  test('a command that does not exist ends with 2 and a sentence, and touches nothing', async () => {
    const folder = emptyFolder()
    expect(await runIn(folder, ['serv'])).toEqual({
      code: 2,
      output: '',
      errors: 'There is no command "serv". See gemini-balance --help.\n',
    })
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})

describe('settings that cannot be', () => {
  const rows: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ PORT: '70000' }, 'PORT is 70000, but must be a whole number from 0 to 65535.'],
    [
      { MAX_RETRIES: '0', TIME_OUT: 'long' },
      'MAX_RETRIES is 0, but must be a whole number of attempts from 1 to 100.\nTIME_OUT is "long", but must be a whole number of seconds from 1 to 3600.',
    ],
    [{ DATABASE_TYPE: 'oracle' }, 'DATABASE_TYPE is "oracle", but must be one of sqlite, mysql.'],
    [
      { AUTH_TOKEN: 'sk-123456' },
      'AUTH_TOKEN must not be a sample token that stands in public documents (its value is not shown).',
    ],
  ]
  test.each(rows)('%o end the program with 78 and name setting, value and what is allowed', async (settings, words) => {
    const folder = emptyFolder()
    expect(await runIn(folder, [], settings)).toEqual({
      code: 78,
      output: '',
      errors: `gemini-balance cannot start: ${words}\n`,
    })
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })

  test('stand in .env of the working folder as well, and the environment wins over it', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, '.env'), 'PORT=no\n')
    expect((await runIn(folder, ['serve'])).code).toBe(78)
    const server = await start([file], { cwd: folder, environment: { AUTH_TOKEN: adminToken } })
    expect(await server.stop()).toBe(0)
  })
})

describe('a machine that is not ready for it', () => {
  test('a port that is taken ends the program with 1 and a sentence, and the tokens it made are still shown', async () => {
    const other = createServer()
    const { promise, resolve } = Promise.withResolvers<void>()
    other.listen(0, '127.0.0.1', resolve)
    await promise
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, output, errors } = await runIn(emptyFolder(), ['serve'], { HOST: '127.0.0.1', PORT: port })
    other.close()
    expect(code).toBe(1)
    expect(errors).toContain(`gemini-balance cannot start: port ${port} of 127.0.0.1 is taken by another program.`)
    expect(output).toMatch(/^AUTH_TOKEN was not set; this one was made and is shown only now: sk-[\w-]{48}$/m)
  })

  test('a port that another gateway has is taken as well: it is not shared', async () => {
    const first = await startCompiledGateway()
    const port = String(first.port)
    const { code, errors } = await runIn(emptyFolder(), ['serve'], { HOST: '127.0.0.1', PORT: port })
    await first.stop()
    expect(code).toBe(1)
    expect(errors).toContain(`port ${port} of 127.0.0.1 is taken by another program.`)
  })

  test('a data folder that is a file is refused with a sentence', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'data'), '')
    expect(await runIn(folder, [])).toEqual({
      code: 1,
      output: '',
      errors: 'gemini-balance cannot start: DATA_DIR is "./data", but that is a file, not a folder.\n',
    })
  })
})

const isRoot = process.getuid?.() === 0
const stranger = ['setpriv', '--reuid=65532', '--regid=65532', '--clear-groups']

describe('as in a container: no HOME, a working folder that nobody may write to, a user without a name', () => {
  const environment = { PATH: '/usr/bin:/bin', AUTH_TOKEN: adminToken }

  test.skipIf(!isRoot && process.env.CI === undefined)(
    `it serves its pages and keeps everything in DATA_DIR, for its own eyes only${isRoot ? '' : ' (skipped: needs root)'}`,
    async () => {
      const folder = emptyFolder()
      const data = join(folder, 'volume')
      mkdirSync(data)
      expect((await run(['chown', '65532:65532', data], { cwd: folder, environment })).code).toBe(0)
      chmodSync(folder, 0o555)
      const server = await start([...stranger, file, 'serve'], {
        cwd: folder,
        environment: { ...environment, DATA_DIR: data, API_KEYS: 'AQ.key-of-the-container-test' },
      })
      expect(await keysPage(server.url, adminToken)).toContain('<table')
      expect(await server.stop()).toBe(0)
      for (const name of ['default_db', 'encryption.key']) {
        const { uid, mode } = statSync(join(data, name))
        expect([name, uid, mode & 0o077]).toEqual([name, 65532, 0])
      }
    },
    timeout,
  )

  test.skipIf(!isRoot && process.env.CI === undefined)(
    `a volume that belongs to somebody else is refused with a sentence${isRoot ? '' : ' (skipped: needs root)'}`,
    async () => {
      const folder = emptyFolder()
      const { code, errors } = await run([...stranger, file], { cwd: folder, environment })
      expect(code).toBe(1)
      expect(errors).toBe(
        'gemini-balance cannot start: DATA_DIR is "./data", but this user (65532) may not write there.\n',
      )
    },
  )
})
