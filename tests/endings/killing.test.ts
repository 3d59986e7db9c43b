import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { goodKey, startCompiledGateway } from '#tests/_gateway.ts'
import { ask } from './_ask.ts'
import { requestRows, until } from './_ledger.ts'

const exhausted = 'AQ.exhausted-for-today-0123456789'
const rejected = 'AQ.rejected-as-invalid-0123456789'

const integrity = (dataDirectory: string): unknown => {
  const database = new Database(join(dataDirectory, 'default_db'))
  try {
    return database.query('PRAGMA integrity_check').values()
  } finally {
    database.close()
  }
}

test('after kill -9 under load the database is whole, cool-downs are remembered, and at most a second of the log is lost', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startCompiledGateway({
    keys: [
      { secret: exhausted, behaviour: 'per-day' },
      { secret: rejected, behaviour: 'invalid' },
      { secret: goodKey },
    ],
  })
  cleanUp.defer(gateway.stop)
  const { emulator, dataDirectory } = gateway

  /** When each answer had arrived, milliseconds. */
  const answeredAt: number[] = []
  let isOver = false
  const loop = async () => {
    while (!isOver) {
      const told = await ask(gateway.url, { form: 'sse' }).catch(() => undefined)
      if (told?.status === 200 && told.isWhole) answeredAt.push(performance.now())
    }
  }
  const loops = Promise.all(Array.from({ length: 20 }, loop))
  const started = performance.now()
  await until(() => answeredAt.length > 300 && performance.now() - started > 2500)
  isOver = true
  gateway.process.kill('SIGKILL')
  const killedAt = performance.now()
  await gateway.process.exited
  await loops

  expect(integrity(dataDirectory)).toEqual([['ok']])
  const safe = answeredAt.filter(time => time < killedAt - 1000).length
  expect(safe).toBeGreaterThan(0)
  const rows = requestRows(dataDirectory)
  expect(rows.length).toBeGreaterThanOrEqual(safe)
  expect(rows.filter(({ outcome }) => outcome !== 'finished')).toEqual([])

  emulator.clearRequests()
  const again = await startCompiledGateway({
    settings: {
      DATA_DIR: dataDirectory,
      BASE_URL: `${emulator.url}/v1beta`,
      API_KEYS: JSON.stringify([exhausted, rejected, goodKey]),
    },
  })
  cleanUp.defer(again.stop)
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(again.url)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(new Set(emulator.requests.map(({ key }) => key))).toEqual(new Set([goodKey]))
  again.process.kill('SIGTERM')
  expect(await again.process.exited).toBe(0)
  expect(integrity(dataDirectory)).toEqual([['ok']])
  expect(requestRows(dataDirectory)).toHaveLength(rows.length + answers.length)
}, 30_000)
