import { expect, test } from 'bun:test'
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startEmulator } from '#src/emulator/emulator.ts'
import { binaryFile } from '../_binary-file.ts'
import { adminToken, assetsOf, emptyFolder, keysPage, run, start } from './_program.ts'

const root = process.getuid?.() === 0
const searchPath = '/usr/sbin:/usr/bin:/sbin:/bin'
const key = 'AQ.key-of-the-empty-file-system'
/** The user `nonroot` of the image. */
const user = 65_532

test.skipIf(!root && process.env.CI === undefined)(
  `in a file system that holds only the image's C library it serves pages, assets, answers and its health check${root ? '' : ' (skipped: needs root)'}`,
  async () => {
    const emulator = startEmulator({ keys: [{ secret: key }] })
    const system = await emptySystem()
    const inside = (...words: readonly string[]) => [
      // A mount namespace of its own takes /proc away again when the program ends. Bun reads /proc/self at its start.
      'unshare',
      '--mount',
      'sh',
      '-c',
      `mount -t proc proc ${system}/proc && exec chroot --userspec=${user}:${user} ${system} "$@"`,
      'sh',
      '/app/gemini-balance',
      ...words,
    ]
    const environment = {
      PATH: searchPath,
      DATA_DIR: '/app/data',
      AUTH_TOKEN: adminToken,
      API_KEYS: key,
      BASE_URL: `${emulator.url}/v1beta`,
    }
    const server = await start(inside('serve'), { cwd: '/', environment })
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'healthy' })
    const page = await keysPage(server.url, adminToken)
    for (const address of assetsOf(page)) expect((await fetch(new URL(address, server.url))).status).toBe(200)
    const answer = await fetch(`${server.url}/v1beta/models/gemini-3.8-flash:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': adminToken },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'hello' }] }] }),
    })
    expect([answer.status, await answer.json()]).toMatchObject([200, { candidates: [{ finishReason: 'STOP' }] }])
    const health = { ...environment, HOST: '127.0.0.1', PORT: new URL(server.url).port }
    expect((await run(inside('healthcheck'), { cwd: '/', environment: health })).code).toBe(0)
    expect(await server.stop()).toBe(0)
    await emulator.stop()
    expect(readdirSync(join(system, 'app', 'data')).sort()).toEqual(['default_db', 'encryption.key'])
  },
  30_000,
)

/** What the Dockerfile's second stage has: the C library and its loader, /tmp, the program, and a folder for its data. */
const emptySystem = async (): Promise<string> => {
  const system = emptyFolder()
  for (const folder of ['proc', 'tmp', 'app/data']) mkdirSync(join(system, folder), { recursive: true })
  chmodSync(join(system, 'tmp'), 0o1777)
  chownSync(join(system, 'app', 'data'), user, user)
  const program = await binaryFile()
  copyFileSync(program, join(system, 'app', 'gemini-balance'))
  for (const library of await librariesOf(program)) {
    mkdirSync(join(system, dirname(library)), { recursive: true })
    copyFileSync(realpathSync(library), join(system, library))
  }
  return system
}

const librariesOf = async (program: string): Promise<readonly string[]> => {
  const { output } = await run(['ldd', program], { cwd: '/', environment: { PATH: searchPath } })
  const libraries = [...output.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? [])
  const names = libraries.map(path => path.replace(/^.*\//, '').replace(/\.so.*$/, '')).sort()
  // The base image holds the C library and nothing else; a program that needs more would not start there.
  expect(names).toEqual([expect.stringMatching(/^ld-linux/), 'libc', 'libdl', 'libm', 'libpthread'])
  expect(libraries.filter(existsSync)).toEqual(libraries)
  return libraries
}
