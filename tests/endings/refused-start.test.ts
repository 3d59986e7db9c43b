import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binaryFile } from '#tests/_binary-file.ts'
import { findSecret } from './_find-secret.ts'

describe('A start that is refused', () => {
  const marker = 'marker-of-a-bad-value'
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-refused-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    ['API_KEYS', { API_KEYS: `["${marker}` }],
    ['API_KEYS', { API_KEYS: `{"${marker}":1}` }],
    ['VERTEX_API_KEYS', { VERTEX_API_KEYS: `[["${marker}"]]` }],
    ['AUTH_TOKEN', { AUTH_TOKEN: `${marker} with spaces` }],
    ['ALLOWED_TOKENS', { ALLOWED_TOKENS: `["${marker} with spaces"]` }],
    ['PROXIES', { PROXIES: `["ftp://someone:${marker}@127.0.0.1"]` }],
    ['CUSTOM_HEADERS', { CUSTOM_HEADERS: `{"not a name":"${marker}"}` }],
    ['CUSTOM_HEADERS', { CUSTOM_HEADERS: `{"x":"${marker}` }],
    ['ENCRYPTION_KEY', { ENCRYPTION_KEY: marker.slice(0, 12) }],
    ['MYSQL_USER', { DATABASE_TYPE: 'mysql', MYSQL_HOST: '127.0.0.1', MYSQL_PASSWORD: marker }],
  ])('for %s says so without the value', async (name, environment) => {
    const child = Bun.spawn([await binaryFile(), 'serve'], {
      cwd: folder,
      env: { HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'debug', ...environment },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [output, complaint, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
    expect(code).not.toBe(0)
    expect(complaint).toContain(name)
    expect(findSecret(Buffer.from(output + complaint), marker.slice(0, 12))).toBeUndefined()
  })
})

test('A start that waits for its database says so without the password', async () => {
  const password = 'marker-of-the-database'
  await using folder = await mkdtempDisposable(join(tmpdir(), 'gemini-balance-waiting-'))
  await using child = Bun.spawn([await binaryFile(), 'serve'], {
    cwd: folder.path,
    env: {
      DATA_DIR: folder.path,
      DATABASE_TYPE: 'mysql',
      MYSQL_HOST: '127.0.0.1',
      MYSQL_PORT: '9',
      MYSQL_USER: 'someone',
      MYSQL_DATABASE: 'some',
      MYSQL_PASSWORD: password,
      LOG_LEVEL: 'debug',
    },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  let complaint = ''
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    complaint += text
    if (complaint.includes('trying again')) break
  }
  expect(complaint).toContain('some at 127.0.0.1:9')
  expect(findSecret(Buffer.from(complaint), password)).toBeUndefined()
})
