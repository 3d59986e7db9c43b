import { describe, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Subprocess } from 'bun'
import { createConnection } from 'mysql2/promise'
import { Secret } from '#src/security/secret.ts'
import type { MysqlConnection } from '#src/storage/connection.ts'

/** A MariaDB server of our own, on a socket in a folder of its own; it knows nothing of one the machine may run. */
export type Mariadb = {
  /** Runs statements as the server's administrator, without a database chosen unless one is named. */
  readonly administer: (statements: readonly string[], database?: string) => Promise<void>
  /** Makes an empty database and says how to reach it. */
  readonly createDatabase: (name: string) => Promise<MysqlConnection>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Sends a signal to the server's process: `SIGSTOP` makes it hang with all connections open. */
  readonly signal: (name: NodeJS.Signals) => void
  /** Stops it and deletes everything. */
  readonly remove: () => Promise<void>
}

export const mariadbUser = 'gemini-balance'
export const mariadbPassword = 'planted-database-password'

const searchPath = `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/usr/local/sbin`
const programs = ['mariadbd', 'mariadb-install-db']
const missing = programs.filter(program => Bun.which(program, { PATH: searchPath }) === null)

/**
 * Tests that need MariaDB. Without it they are skipped and say which program is missing; in CI they fail instead, because
 * there a skipped test is a hole.
 */
export const describeWithMariadb = (name: string, body: () => void): void => {
  const explanation = `${name} (needs ${missing.join(' and ')}: apt-get install mariadb-server)`
  if (missing.length === 0) describe(name, body)
  else if (!process.env.CI) describe.skip(explanation, body)
  else
    test(explanation, () => {
      throw new Error(explanation)
    })
}

/** Makes and starts a server; takes a few seconds. */
export const startMariadb = async (): Promise<Mariadb> => {
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-mariadb-'))
  const socket = join(folder, 'server.sock')
  await install(folder)
  let server = await launch(folder, socket)
  const administer = (statements: readonly string[], database?: string) => runAsRoot(socket, statements, database)
  await administer([
    `CREATE USER '${mariadbUser}'@'localhost' IDENTIFIED BY '${mariadbPassword}'`,
    `GRANT ALL ON *.* TO '${mariadbUser}'@'localhost'`,
  ])
  const stop = () => end(server)
  return {
    administer,
    stop,
    signal: name => server.kill(name),
    createDatabase: async name => {
      await administer([`CREATE DATABASE \`${name}\``])
      return {
        kind: 'mysql',
        host: '127.0.0.1',
        port: 3306,
        user: mariadbUser,
        password: new Secret(mariadbPassword),
        database: name,
        socket,
      }
    },
    start: async () => {
      server = await launch(folder, socket)
    },
    remove: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The server refuses to run as root unless it is told to. */
const asThisUser = process.getuid?.() === 0 ? ['--user=root'] : []

const install = async (folder: string) => {
  const program = Bun.which('mariadb-install-db', { PATH: searchPath }) ?? 'mariadb-install-db'
  const options = ['--no-defaults', `--datadir=${folder}/data`, '--auth-root-authentication-method=normal']
  const process = Bun.spawn([program, ...options, '--skip-test-db', ...asThisUser], { stdout: 'pipe', stderr: 'pipe' })
  if ((await process.exited) !== 0)
    throw new Error(`mariadb-install-db failed: ${await process.stdout.text()}${await process.stderr.text()}`)
}

const launch = async (folder: string, socket: string) => {
  const program = Bun.which('mariadbd', { PATH: searchPath }) ?? 'mariadbd'
  const server = Bun.spawn(
    [
      program,
      '--no-defaults',
      `--datadir=${folder}/data`,
      // A server that starts deletes the temporary tables of every other one in the same folder.
      `--tmpdir=${folder}`,
      `--socket=${socket}`,
      `--pid-file=${folder}/server.pid`,
      '--skip-networking',
      '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=2',
      ...asThisUser,
    ],
    { stdout: 'ignore', stderr: Bun.file(join(folder, 'server.log')) },
  )
  while (!(await answers(socket))) {
    if (server.exitCode !== null) throw new Error(await Bun.file(join(folder, 'server.log')).text())
    await Bun.sleep(50)
  }
  return server
}

const end = async (server: Subprocess) => {
  server.kill('SIGTERM')
  await server.exited
}

const answers = (socket: string) =>
  runAsRoot(socket, ['SELECT 1']).then(
    () => true,
    () => false,
  )

const runAsRoot = async (socket: string, statements: readonly string[], database?: string) => {
  const connection = await createConnection({ socketPath: socket, user: 'root', ...(database ? { database } : {}) })
  try {
    for (const statement of statements) await connection.query(statement)
  } finally {
    await connection.end()
  }
}
