import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, type EmulatorKey, startEmulator } from '#src/emulator/emulator.ts'
import type { KeyView } from '#src/keys/key-view.ts'
import { type CompiledGateway, startCompiledGateway } from '#tests/_gateway.ts'
import { ask, model } from '#tests/endings/_ask.ts'
import { hour, noon, otherModel, secretOf, startCast } from '#tests/endtoend/verdicts/_cast.ts'
import { describeWithMariadb, startMariadb } from '#tests/storage/_mariadb.ts'
import { listedKeys } from './_look.ts'

setDefaultTimeout(40_000)

/** Each plays a part that has to be remembered. */
const keys: readonly EmulatorKey[] = [
  { secret: secretOf('exhausted'), limits: { perDay: 4 } },
  { secret: secretOf('dead'), behaviour: 'invalid' },
  { secret: secretOf('leaked'), behaviour: 'leaked' },
  { secret: secretOf('unpaid'), behaviour: 'prepay-empty' },
  { secret: secretOf('sibling1'), project: 'shared', limits: { perDay: 6 } },
  { secret: secretOf('sibling2'), project: 'shared', limits: { perDay: 6 } },
  { secret: secretOf('spare') },
]

const start = (emulator: Emulator, settings: Readonly<Record<string, string>>): Promise<CompiledGateway> =>
  startCompiledGateway({
    settings: {
      ...settings,
      BASE_URL: `${emulator.url}/v1beta`,
      API_KEYS: JSON.stringify(keys.map(({ secret }) => secret)),
      CHECK_INTERVAL_HOURS: '0',
      MAX_RETRIES: '7',
    },
  })

/** What must not be forgotten of a key, without what is only of this minute or this process. */
const memoryOf = (views: readonly KeyView[]) =>
  views.map(({ keyId, condition, verdict, deadSince, project, projectIs, cooling, buckets }) => ({
    keyId,
    condition,
    verdict,
    deadSince,
    project,
    projectIs,
    cooling,
    buckets: buckets.map(({ bucket, requestsToday, tokensToday, limits }) => ({
      bucket,
      requestsToday,
      tokensToday,
      limits: limits === null ? null : { ...limits, learnedAt: 0 },
    })),
  }))

const askTimes = async (url: string, count: number, name: string) => {
  for (let request = 0; request < count; request++) expect((await ask(url, { model: name })).status).toBe(200)
}

type Ending = 'SIGKILL' | 'SIGTERM'

const outlast = async (ending: Ending, settings: Readonly<Record<string, string>>) => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'gemini-balance-remembering-'))
  cleanUp.defer(() => rmSync(DATA_DIR, { recursive: true, force: true }))
  const emulator = startEmulator({ keys })
  cleanUp.defer(emulator.stop)
  // Both are refused once, with an error that names their project.
  for (const part of ['sibling1', 'sibling2']) {
    emulator.setBehaviour(secretOf(part), 'per-minute-region', { times: 1 })
  }
  const before = await start(emulator, { ...settings, DATA_DIR })
  cleanUp.defer(before.stop)
  await askTimes(before.url, 20, otherModel)
  await askTimes(before.url, 20, model)
  const known = memoryOf(await listedKeys(before.url))
  if (ending === 'SIGKILL') await Bun.sleep(2500)
  before.process.kill(ending)
  await before.process.exited

  const seen = emulator.requests.length
  const after = await start(emulator, { ...settings, DATA_DIR })
  cleanUp.defer(after.stop)
  expect(memoryOf(await listedKeys(after.url))).toEqual(known)
  await askTimes(after.url, 12, model)
  const later = emulator.requests.slice(seen)
  // Nobody who was out is tried again: all are answered at the first attempt.
  expect(later.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
  expect(known.map(({ condition }) => condition).filter(condition => condition === 'dead')).toHaveLength(2)
  expect(known.filter(({ projectIs }) => projectIs === 'consumer')).toHaveLength(2)
  expect(countOf(memoryOf(await listedKeys(after.url)))).toBe(countOf(known) + 12)
}

/** Requests of the day over all keys; keys of one project show the same count. */
const countOf = (memory: ReturnType<typeof memoryOf>): number =>
  memory
    .flatMap(({ buckets }) => buckets)
    .reduce((sum, { bucket, requestsToday }) => sum + (bucket === model ? requestsToday : 0), 0)

const endings: readonly Ending[] = ['SIGKILL', 'SIGTERM']

test.each(endings)('SQLite: what was learned a while before a %s is known afterwards', async ending => {
  await outlast(ending, {})
})

test('SQLite: what was learned in the last moment before a SIGTERM is known afterwards', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'gemini-balance-remembering-'))
  cleanUp.defer(() => rmSync(DATA_DIR, { recursive: true, force: true }))
  const emulator = startEmulator({ keys })
  cleanUp.defer(emulator.stop)
  for (let round = 0; round < 2; round++) {
    const gateway = await start(emulator, { DATA_DIR })
    cleanUp.defer(gateway.stop)
    await Promise.all(Array.from({ length: 8 }, () => ask(gateway.url)))
    const known = memoryOf(await listedKeys(gateway.url))
    gateway.process.kill('SIGTERM')
    expect(await gateway.process.exited).toBe(0)
    const again = await start(emulator, { DATA_DIR })
    cleanUp.defer(again.stop)
    expect(memoryOf(await listedKeys(again.url))).toEqual(known)
    again.process.kill('SIGTERM')
    await again.process.exited
  }
})

test('limits learned before a restart cost no refusal on any day after it', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'gemini-balance-remembering-'))
  cleanUp.defer(() => rmSync(DATA_DIR, { recursive: true, force: true }))
  const limited = [3, 5].map(perDay => ({ secret: secretOf(`has${perDay}`), limits: { perDay } }))
  const before = await startCast({ keys: limited, settings: { DATA_DIR } })
  const statuses: number[] = []
  for (let request = 0; request < 9; request++) statuses.push((await before.ask()).status)
  expect(statuses).toEqual([...Array.from({ length: 8 }, () => 200), 429])
  await before.gateway.stop()
  for (const day of [1, 2]) {
    const after = await startCast({ keys: limited, settings: { DATA_DIR }, at: noon + day * 24 * hour })
    cleanUp.defer(after.gateway.stop)
    for (let request = 0; request < 12; request++) await after.ask()
    expect(after.gateway.emulator.requests.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    await after.gateway.stop()
  }
})

describeWithMariadb('MariaDB', () => {
  test('what was learned before a SIGKILL and before a SIGTERM is known afterwards', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const server = await startMariadb()
    cleanUp.defer(server.remove)
    for (const ending of endings) {
      const database = await server.createDatabase(`remembering_${ending}`)
      await outlast(ending, {
        DATABASE_TYPE: 'mysql',
        MYSQL_SOCKET: database.socket ?? '',
        MYSQL_USER: database.user,
        MYSQL_PASSWORD: database.password.reveal(),
        MYSQL_DATABASE: database.database,
      })
    }
  })
})
