import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from '../_at-end.ts'
import { binaryFile } from '../_binary-file.ts'

export const adminToken = 'admin-token-of-the-binary-0123456789'

/** A new empty folder, removed after the last test. Others may enter it: some programs here run as another user. */
export const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-binary-'))
  chmodSync(folder, 0o755)
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The compiled program, alone in a folder. */
export const programAlone = async (): Promise<{ readonly folder: string; readonly file: string }> => {
  const folder = emptyFolder()
  const file = join(folder, 'gemini-balance')
  copyFileSync(await binaryFile(), file)
  return { folder, file }
}

export type RunOptions = {
  readonly cwd: string
  /** The whole environment: nothing of the test's own is passed on. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a command to its end. */
export const run = async (command: readonly string[], { cwd, environment = {} }: RunOptions) => {
  const child = Bun.spawn([...command], { cwd, env: environment, stdout: 'pipe', stderr: 'pipe' })
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { code, output, errors }
}

export type Running = {
  /** Without a slash at the end. */
  readonly url: string
  /** All that was written so far. */
  readonly output: () => string
  /** Sends SIGTERM and gives the exit code. */
  readonly stop: () => Promise<number>
}

/** Starts a server and waits until it has told its address, in a log line or in the greeting of the demo. */
export const start = async (command: readonly string[], { cwd, environment = {} }: RunOptions): Promise<Running> => {
  const child = Bun.spawn([...command], {
    cwd,
    env: { LOG_FORMAT: 'json', HOST: '127.0.0.1', PORT: '0', ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const forget = atEnd(() => child.kill('SIGKILL'))
  const address = Promise.withResolvers<string>()
  let written = ''
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      written += decoder.decode(chunk, { stream: true })
      const found = /"message":"listening","url":"([^"]+)"|\n\nCtrl\+C/.exec(written)
      const url = found?.[1] ?? (found === null ? undefined : /Dashboard +(\S+)\/\n/.exec(written)?.[1])
      if (url !== undefined) address.resolve(url)
    }
  }
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)])
  followed.then(() => address.reject(new Error(`The program ended before it was ready:\n${written}`)))
  const stop = async () => {
    child.kill('SIGTERM')
    const code = await child.exited
    await followed
    forget()
    return code
  }
  return { url: await address.promise, output: () => written, stop }
}

/** The page of the keys as the administrator gets it after signing in. */
export const keysPage = async (url: string, token: string): Promise<string> => {
  const entered = await fetch(`${url}/auth`, {
    method: 'POST',
    body: new URLSearchParams({ auth_token: token }),
    redirect: 'manual',
  })
  const cookie = entered.headers.getSetCookie().map(line => line.split(';', 1)[0])
  const page = await fetch(`${url}/keys`, { headers: { cookie: cookie.join('; ') }, redirect: 'manual' })
  if (page.status !== 200) throw new Error(`The page of the keys is answered with ${page.status}.`)
  return page.text()
}

/** Every address of the program's own that a page names. */
export const assetsOf = (page: string): readonly string[] => [
  ...new Set([...page.matchAll(/(?:src|href)="([^"]*\/assets\/[^"]+)"/g)].flatMap(([, address]) => address ?? [])),
]
