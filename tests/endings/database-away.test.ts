import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import type { MysqlConnection } from '#src/storage/connection.ts'
import { startCompiledGateway } from '#tests/_gateway.ts'
import { describeWithMariadb, startMariadb } from '#tests/storage/_mariadb.ts'
import { ask } from './_ask.ts'
import { findSecret } from './_find-secret.ts'
import { requestRows, until } from './_ledger.ts'

/** Several clients that ask one question after the other until they are told to stop. */
const load = (url: string) => {
  const statuses: number[] = []
  let isOver = false
  const client = async () => {
    while (!isOver) {
      const told = await ask(url, { form: 'sse' })
      statuses.push(told.isWhole && told.text.includes('"STOP"') ? told.status : 0)
      await Bun.sleep(5)
    }
  }
  const clients = Promise.all(Array.from({ length: 5 }, client))
  return {
    statuses,
    stop: async () => {
      isOver = true
      await clients
    },
  }
}

test('no client notices that another program holds the database, and no row is lost', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startCompiledGateway()
  cleanUp.defer(gateway.stop)
  const { statuses, stop } = load(gateway.url)
  await until(() => statuses.length > 20)

  const other = new Database(join(gateway.dataDirectory, 'default_db'))
  cleanUp.defer(() => other.close())
  other.run('PRAGMA busy_timeout = 5000')
  other.run('BEGIN IMMEDIATE')
  const before = statuses.length
  await Bun.sleep(3000)
  const during = statuses.length - before
  other.run('COMMIT')
  await stop()

  expect(during).toBeGreaterThan(20)
  expect(statuses.filter(status => status !== 200)).toEqual([])
  await until(() => requestRows(gateway.dataDirectory).length === statuses.length)
  expect(new Set(requestRows(gateway.dataDirectory).map(({ outcome }) => outcome))).toEqual(new Set(['finished']))
  expect(gateway.output()).toContain('"level":"warn"')
}, 30_000)

describeWithMariadb('A MariaDB server that is stopped under load', () => {
  test('goes unnoticed by clients, and has every row when it is back', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const server = await startMariadb()
    cleanUp.defer(server.remove)
    const database = await server.createDatabase('away')
    const gateway = await startCompiledGateway({
      settings: {
        DATABASE_TYPE: 'mysql',
        MYSQL_SOCKET: database.socket ?? '',
        MYSQL_USER: database.user,
        MYSQL_PASSWORD: database.password.reveal(),
        MYSQL_DATABASE: database.database,
        LOG_LEVEL: 'debug',
      },
    })
    cleanUp.defer(gateway.stop)
    const { statuses, stop } = load(gateway.url)
    await until(() => statuses.length > 20)
    await server.stop()
    const before = statuses.length
    await until(() => statuses.length > before + 50)
    await server.start()
    await stop()

    expect(statuses.filter(status => status !== 200)).toEqual([])
    while ((await countRows(database)) < statuses.length) await Bun.sleep(50)
    expect(await countRows(database)).toBe(statuses.length)
    expect(gateway.output()).toContain('"level":"warn"')
    expect(findSecret(Buffer.from(gateway.output()), database.password.reveal())).toBeUndefined()
  }, 60_000)
})

const countRows = async ({ socket, user, password, database }: MysqlConnection): Promise<number> => {
  const connection = await createConnection({ socketPath: socket ?? '', user, password: password.reveal(), database })
  try {
    const [rows] = await connection.query('SELECT COUNT(*) AS number FROM t_request_log')
    return Number((rows as { number: number }[])[0]?.number)
  } finally {
    await connection.end()
  }
}
