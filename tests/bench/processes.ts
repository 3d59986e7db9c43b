import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { searchPath } from './machine.ts'

/** Core of whatever is measured, and core of everything that loads and answers it. */
export const proxyCore = 0
export const loadCore = 1

export type Child = Bun.Subprocess<'ignore', 'pipe', number>

/**
 * The processes and files of one run. Everything is ended and removed when it is disposed of, however the run ends.
 * Children get an environment of their own: proxy variables and settings of the caller must not reach them.
 */
export class Workshop implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'gemini-balance-bench-'))
  readonly #children: Child[] = []
  #closing: Promise<void> | undefined

  /** Starts a program on one core. */
  start(core: number, command: readonly string[], environment: Readonly<Record<string, string>> = {}): Child {
    if (this.#closing !== undefined) throw new Error('the benchmark was stopped')
    const child = Bun.spawn(['taskset', '-c', String(core), ...command], {
      cwd: this.folder,
      env: { PATH: searchPath, HOME: this.folder, ...environment },
      stdin: 'ignore',
      stdout: 'pipe',
      // Through this process, so that what a program complains of is seen.
      stderr: 2,
    })
    this.#children.push(child)
    return child
  }

  /** Runs a program on one core to its end. @returns what it wrote @throws Error when it failed */
  async run(core: number, command: readonly string[]): Promise<string> {
    const child = this.start(core, command)
    const [output, code] = await Promise.all([child.stdout.text(), child.exited])
    if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${output}`)
    return output
  }

  async stop(child: Child): Promise<void> {
    child.kill('SIGTERM')
    const isGone = await Promise.race([child.exited.then(() => true), Bun.sleep(5000).then(() => false)])
    if (isGone) return
    child.kill('SIGKILL')
    await child.exited
  }

  /** The first call does it; the others wait for it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all(this.#children.filter(({ exitCode }) => exitCode === null).map(child => this.stop(child)))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A port that is free now. */
export const freePort = (): number => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

/** Waits until something answers on the port. @throws Error after ten seconds */
export const untilOpen = async (port: number): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })
      socket.end()
      return
    } catch {
      await Bun.sleep(50)
    }
  }
  throw new Error(`nothing answers on port ${port}`)
}

/** Resident memory in MiB. */
export const residentMemory = ({ pid }: Child): number => {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/** Linux counts processor time in hundredths of a second (`USER_HZ`, proc(5)). */
const ticksPerSecond = 100

/** Seconds of processor time used so far, of user and kernel. */
export const processorSeconds = ({ pid }: Child): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) / ticksPerSecond
}
