import { describe, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from '../_at-end.ts'

/** A proxy of Debian on this machine, in a process of its own, that wants a user and a password. */
export type TestProxy = {
  /** With user and password, for PROXIES. */
  readonly address: string
  readonly withPassword: (password: string) => string
  /** `scheme://host:port`. */
  readonly name: string
  /** How many connections it has made for somebody, by its own log. */
  readonly connections: () => Promise<number>
  /** Cuts everything that goes through it. */
  readonly kill: () => Promise<void>
  /** Again, on the same port. */
  readonly start: () => Promise<void>
  readonly remove: () => Promise<void>
}

export const proxyUser = 'proxy-user'
export const proxyPassword = 'planted-proxy-password'

export type ProxyKind = 'tinyproxy' | 'microsocks'

const searchPath = `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/usr/local/sbin`
const missing = ['tinyproxy', 'microsocks'].filter(program => Bun.which(program, { PATH: searchPath }) === null)

/** Tests that need real proxies. Without them they are skipped and say which is missing; in CI they fail instead. */
export const describeWithProxies = (name: string, body: () => void): void => {
  const explanation = `${name} (needs ${missing.join(' and ')}: apt-get install tinyproxy microsocks)`
  if (missing.length === 0) describe(name, body)
  else if (!process.env.CI) describe.skip(explanation, body)
  else
    test(explanation, () => {
      throw new Error(explanation)
    })
}

export const startProxy = async (kind: ProxyKind): Promise<TestProxy> => {
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-proxy-'))
  const port = await freePort()
  const scheme = kind === 'tinyproxy' ? 'http' : 'socks5'
  const log = join(folder, 'log')
  const command = kind === 'tinyproxy' ? await tinyproxy(folder, port, log) : microsocks(port)
  let child: Bun.Subprocess
  let earlier = ''
  const start = async () => {
    earlier += await readLog(log)
    child = Bun.spawn(command, { stdout: 'ignore', stderr: kind === 'tinyproxy' ? 'ignore' : Bun.file(log) })
    while (!(await listens(port))) {
      if (child.exitCode !== null) throw new Error(`${kind} ended: ${await readLog(log)}`)
      await Bun.sleep(20)
    }
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  await start()
  const forget = atEnd(() => child.kill('SIGKILL'))
  const withPassword = (password: string) => `${scheme}://${proxyUser}:${password}@127.0.0.1:${port}`
  return {
    address: withPassword(proxyPassword),
    withPassword,
    name: `${scheme}://127.0.0.1:${port}`,
    connections: async () =>
      `${kind === 'tinyproxy' ? '' : earlier}${await readLog(log)}`.match(connectionLine[kind])?.length ?? 0,
    kill,
    start,
    remove: async () => {
      await kill()
      forget()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const connectionLine: Readonly<Record<ProxyKind, RegExp>> = {
  tinyproxy: /Established connection to host/g,
  microsocks: /connected to /g,
}

const tinyproxy = async (folder: string, port: number, log: string): Promise<string[]> => {
  const file = join(folder, 'tinyproxy.conf')
  await Bun.write(
    file,
    `Port ${port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 200\nLogFile "${log}"\nLogLevel Connect
BasicAuth ${proxyUser} ${proxyPassword}\n`,
  )
  return [programOf('tinyproxy'), '-d', '-c', file]
}

const microsocks = (port: number): string[] => [
  programOf('microsocks'),
  ...['-i', '127.0.0.1', '-p', String(port), '-u', proxyUser, '-P', proxyPassword],
]

const programOf = (kind: ProxyKind) => Bun.which(kind, { PATH: searchPath }) ?? kind

const readLog = async (log: string) => ((await Bun.file(log).exists()) ? await Bun.file(log).text() : '')

const listens = (port: number) =>
  Bun.connect({ hostname: '127.0.0.1', port, socket: { data: () => {} } }).then(
    socket => {
      socket.end()
      return true
    },
    () => false,
  )

const freePort = () =>
  new Promise<number>(resolve => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
