import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binaryFile } from '#tests/_binary-file.ts'
import { adminToken, type GatewayOptions, goodKey, type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { findSecret } from '#tests/endings/_find-secret.ts'

const one = 'AQ.command-one-marker-0123456789'
const two = 'AQ.command-two-marker-0123456789'
const bad = 'AQ.command-bad-marker-0123456789'
const refusedText = 'ya29.command-refused-marker-0123456789'

const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Run = { readonly code: number; readonly output: string; readonly errors: string }

/** All that was written but for exports. */
const written: string[] = []

const keys = async (words: readonly string[], environment: Record<string, string>, input = ''): Promise<Run> => {
  const child = Bun.spawn([await binaryFile(), 'keys', ...words], {
    cwd: folder,
    env: environment,
    stdin: Buffer.from(input),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  written.push(errors, words[0] === 'export' ? '' : output)
  return { code, output, errors }
}

const running: LocalGateway[] = []
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop()
})

/** A server, and the environment in which the command finds it. */
const serve = async (options: GatewayOptions = {}) => {
  const gateway = await startGateway(options)
  running.push(gateway)
  const environment = {
    HOST: '127.0.0.1',
    PORT: String(gateway.port),
    DATA_DIR: gateway.dataDirectory,
    AUTH_TOKEN: adminToken,
  }
  return { gateway, environment }
}

const nobodyThere = (name: string) => ({
  HOST: '127.0.0.1',
  PORT: '9',
  DATA_DIR: join(folder, name),
  AUTH_TOKEN: adminToken,
})

describe('gemini-balance keys', () => {
  test('works on the server that the settings lead to, which then knows the keys at once', async () => {
    const { gateway, environment } = await serve()
    const text = `${one}\n${refusedText}\n${two}\n${one}\n`
    const dry = await keys(['import', '--dry-run'], environment, text)
    expect(dry.errors).toBe(`Using the server at ${gateway.url}.\n`)
    expect(dry.output).toContain('line 2  ')
    expect(dry.output).toContain('refused: an OAuth access token')
    expect(dry.output).toContain('line 4  ')
    expect(dry.output).toContain('the same key as in line 1')
    expect(dry.output).toContain('2 keys would be taken in; nothing was changed.')
    expect([...gateway.services.pool.keys()]).toHaveLength(1)

    const done = await keys(['import', '--json', '--tag', 'x', '--no-check'], environment, text)
    expect([done.code, JSON.parse(done.output).counts]).toEqual([
      3,
      expect.objectContaining({ imported: 2, refused: 1 }),
    ])
    expect([...gateway.services.pool.keys()]).toHaveLength(3)

    const listed = await keys(['list', '--tag', 'x', '--json'], environment)
    expect(JSON.parse(listed.output)).toMatchObject({ matching: 2, rows: [{ tags: ['x'] }, { tags: ['x'] }] })
    expect(await keys(['disable', '--tag', 'x'], environment)).toMatchObject({
      code: 0,
      output: '2 keys match, 2 were disabled.\n',
    })
    expect((await keys(['list', '--condition', 'disabled'], environment)).output.split('\n')).toHaveLength(4)
    expect(await keys(['enable', '--tag', 'nobody'], environment)).toMatchObject({ code: 1 })
    const exported = await keys(['export', '--tag', 'x'], environment)
    expect(exported.output.split('\n').toSorted()).toEqual(['', one, two])
  })

  test('deletes only what somebody is sure about', async () => {
    const { gateway, environment } = await serve()
    expect(await keys(['delete', '--all'], environment)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('say --yes'),
    })
    expect([...gateway.services.pool.keys()]).toHaveLength(1)
    expect(await keys(['delete', '--all', '--yes', '--json'], environment)).toMatchObject({
      code: 0,
      output: '{"matched":1,"changed":1}\n',
    })
    expect([...gateway.services.pool.keys()]).toHaveLength(0)
  })

  test('asks at a terminal before it deletes, and takes only a yes', async () => {
    const { gateway, environment } = await serve()
    const answer = async (word: string) => {
      let shown = ''
      const child = Bun.spawn([await binaryFile(), 'keys', 'delete', '--all'], {
        cwd: folder,
        env: environment,
        terminal: {
          cols: 80,
          rows: 24,
          data: (terminal, bytes) => {
            const isAsking = shown.includes('[y/N]')
            shown += Buffer.from(bytes).toString()
            if (!isAsking && shown.includes('[y/N]')) terminal.write(`${word}\r`)
          },
        },
      })
      const code = await child.exited
      written.push(shown)
      return { code, shown }
    }
    expect(await answer('no')).toEqual({ code: 1, shown: expect.stringContaining('Nothing was deleted.') })
    expect([...gateway.services.pool.keys()]).toHaveLength(1)
    expect(await answer('y')).toEqual({ code: 0, shown: expect.stringContaining('1 were deleted.') })
    expect([...gateway.services.pool.keys()]).toHaveLength(0)
  })

  test('shows a check as it goes, and ends with 3 when a key is dead', async () => {
    const emulated = [{ secret: goodKey }, { secret: bad, behaviour: 'invalid' as const }, { secret: two }]
    const { environment } = await serve({ keys: emulated })
    const shown = await keys(['check', '--all'], environment)
    expect(shown.code).toBe(3)
    expect(shown.output).toEndWith('3 keys checked: 2 healthy, 1 dead, 0 unknown.\n')
    expect(shown.output).toMatch(/^[0-9a-f]{12} {2}dead {2}\S/)
    const { code, output } = await keys(['check', '--condition', 'ready', '--json'], environment)
    expect([code, JSON.parse(output)]).toEqual([0, expect.objectContaining({ total: 2, healthy: 2, dead: 0 })])
    expect(await keys(['check', '--tag', 'nobody'], environment)).toMatchObject({ code: 1 })
  })

  test('ends with 1 when a check found nothing out about any key', async () => {
    const { environment } = await serve({ keys: [{ secret: goodKey, behaviour: 'location' }] })
    const { code, output, errors } = await keys(['check', '--all'], environment)
    expect([code, output]).toEqual([1, expect.stringContaining('0 healthy, 0 dead, 1 unknown.')])
    expect(errors).toContain('Nothing was found out about any key')
  })

  test('finds the admin token in the database when the server made it itself', async () => {
    const { gateway, environment } = await serve({ settings: { AUTH_TOKEN: '' } })
    const { AUTH_TOKEN: _unset, ...without } = environment
    expect(await keys(['list', '--json'], without)).toMatchObject({
      code: 0,
      errors: `Using the server at ${gateway.url}.\n`,
    })
  })

  test('uses a named server with the token of the environment, and tells when it is the wrong one', async () => {
    const { gateway } = await serve()
    const here = { ...nobodyThere('named'), AUTH_TOKEN: adminToken }
    expect((await keys(['list', '--server', gateway.url, '--json'], here)).code).toBe(0)
    const wrong = await keys(['import', '--server', gateway.url], { ...here, AUTH_TOKEN: 'wrong-token-marker' }, one)
    expect([wrong.code, wrong.output]).toEqual([1, ''])
    expect(wrong.errors).toContain('does not take this admin token')
    expect([...gateway.services.pool.keys()]).toHaveLength(1)
    const gone = await keys(['list', '--server', 'http://127.0.0.1:9'], here)
    expect([gone.code, gone.errors]).toEqual([1, expect.stringContaining('does not answer')])
  })

  test('makes a database only for an import, and nothing at all for who only looks', async () => {
    const environment = { ...nobodyThere('empty'), API_KEYS: goodKey }
    const words = 'list|list --database|export --all|check --all|enable --all|disable --all|delete --all --yes'.split(
      '|',
    )
    for (const line of [...words, 'import --dry-run']) {
      const { code, output, errors } = await keys(line.split(' '), environment, one)
      expect([line, code, output, errors]).toEqual([line, 1, '', expect.stringContaining('There is nothing here yet')])
      expect(existsSync(environment.DATA_DIR)).toBe(false)
    }
    const { gateway } = await serve()
    for (const AUTH_TOKEN of ['', 'wrong-token-marker']) {
      for (const line of ['list', 'import']) {
        const here = { ...environment, PORT: String(gateway.port), AUTH_TOKEN }
        const { code, errors } = await keys([line], here, one)
        expect([code, errors]).toEqual([1, expect.stringContaining('does not take this admin token')])
        expect(existsSync(environment.DATA_DIR)).toBe(false)
      }
    }
    expect((await keys(['import'], environment, one)).code).toBe(0)
    expect((await keys(['list', '--json'], environment)).code).toBe(0)
  })

  test('moves the keys of the settings into the database', async () => {
    const environment = nobodyThere('moved')
    const moved = await keys(['import'], { ...environment, API_KEYS: `${one},${two}` }, `API_KEYS=${one},${two}`)
    expect(moved.output).toContain('2 there already (2 now also kept in the database)')
    expect(moved.output).toContain('2 keys taken in.')
    expect((await keys(['export', '--all'], environment)).output.split('\n').toSorted()).toEqual(['', one, two])
  })

  test('works on the database when no server answers, and says so', async () => {
    const environment = { ...nobodyThere('alone'), API_KEYS: goodKey }
    const file = join(folder, 'keys.txt')
    writeFileSync(file, Buffer.from(`\ufeff${one}\r\n${two}\r\n`, 'utf16le'))
    const done = await keys(['import', file, '--project', 'p'], environment)
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('2 keys taken in.')])
    expect(done.errors).toContain('Using the database of the settings, as no server answers at http://127.0.0.1:9.')
    expect((await keys(['delete', '--source', 'environment', '--yes'], environment)).code).toBe(0)
    const csv = await keys(['export', '--database', '--all', '--format', 'csv'], environment)
    expect(csv.output.split('\r\n').toSorted()).toEqual(
      [
        '',
        `${one},gemini,p,0,,,true`,
        `${two},gemini,p,0,,,true`,
        'key,kind,project,priority,tags,note,enabled',
      ].toSorted(),
    )
    const other = nobodyThere('other')
    expect((await keys(['import'], other, csv.output)).output).toContain('2 new, 0 there already')
    expect((await keys(['export', '--all', '--format', 'csv'], other)).output).toBe(csv.output)
  })

  test('checks keys without a server too, and remembers what it found', async () => {
    const { gateway } = await serve({ keys: [{ secret: bad, behaviour: 'invalid' }] })
    const environment = { ...nobodyThere('checked'), BASE_URL: `${gateway.emulator.url}/v1beta` }
    await keys(['import'], environment, bad)
    expect((await keys(['check', '--all'], environment)).code).toBe(3)
    expect((await keys(['list', '--condition', 'dead', '--json'], environment)).output).toContain(
      '"verdict":"key-invalid"',
    )
  })

  test('warns when a server will not see what is written into its database', async () => {
    const { gateway, environment } = await serve()
    const { code, errors } = await keys(['import', '--database'], environment, one)
    expect(code).toBe(0)
    expect(errors).toContain(`A server answers at ${gateway.url}. It notices changes only when it is started again.`)
    expect([...gateway.services.pool.keys()]).toHaveLength(1)
  })

  test('ends quietly when its reader has seen enough', async () => {
    const environment = nobodyThere('pipe')
    const many = Array.from({ length: 5000 }, (_, index) => `AQ.command-many-${index}-0123456789`).join('\n')
    expect((await keys(['import'], environment, many)).code).toBe(0)
    for (const words of ['list', 'list --json', 'export --all --format csv']) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
      const script = '"$0" keys $1 2>errors.txt | head -c 50; echo; echo "code ${PIPESTATUS[0]}"; cat errors.txt'
      const child = Bun.spawn(['bash', '-c', script, await binaryFile(), words], {
        cwd: folder,
        env: { PATH: '/usr/bin:/bin', ...environment },
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
      expect(output).toContain('\ncode 0\n')
      // Where the keys are, and for a list how many: no word of a pipe.
      expect(errors + (output.split('code 0\n')[1] ?? '')).toMatch(/^Using the database.*\n(5,000 of.*\n)?$/)
    }
  })

  test('says what is wrong without repeating an argument that may be a key', async () => {
    const environment = nobodyThere('wrong')
    const asFile = await keys(['import', one], environment)
    expect([asFile.code, asFile.errors]).toEqual([1, expect.stringContaining('never from the command line')])
    expect(await keys(['enable', one], environment)).toMatchObject({ code: 2 })
    expect(await keys(['import', folder], environment)).toMatchObject({
      code: 1,
      errors: 'This is a folder, not a file.\n',
    })
    expect((await keys(['list'], { ...environment, PORT: 'x' })).code).toBe(78)
    expect((await keys(['--help'], environment)).output).toContain('Exit codes')
  })

  test('nothing that was written but the exports holds a secret', () => {
    const bytes = Buffer.from(written.join('\n'))
    expect(bytes.length).toBeGreaterThan(2000)
    const secrets = [one, two, bad, goodKey, refusedText, adminToken, 'wrong-token-marker']
    expect(secrets.flatMap(secret => findSecret(bytes, secret) ?? [])).toEqual([])
  })
})
