import { Database } from 'bun:sqlite'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, freePort, untilOpen, type Workshop } from './processes.ts'

/** The program under test. */
export type RunningGateway = {
  readonly child: Child
  readonly port: number
  /** What its request log says: rows, and tokens added up. */
  readonly readLog: () => { readonly rows: number; readonly tokens: number }
}

export const clientToken = 'bench-client-token-0123456789abcdef'

const keyCount = 50

/** Makes the binary as it is shipped, unless one was given, and puts a copy where nobody replaces it during the run. */
export const prepareBinary = async (workshop: Workshop, given: string | null): Promise<string> => {
  const root = join(import.meta.dir, '..', '..')
  if (given === null) {
    const build = Bun.spawn([process.execPath, 'run', 'build'], { cwd: root, stdout: 'ignore', stderr: 'pipe' })
    const [complaint, code] = await Promise.all([build.stderr.text(), build.exited])
    if (code !== 0) throw new Error(`the build failed:\n${complaint}`)
  }
  const copy = join(workshop.folder, 'gemini-balance')
  copyFileSync(given ?? join(root, 'dist', 'gemini-balance'), copy)
  return copy
}

/** Starts the binary as people run it: authentication, pool, request log, statistics and default settings all on. */
export const startGateway = async (
  workshop: Workshop,
  core: number,
  binary: string,
  upstreamPort: number,
): Promise<RunningGateway> => {
  const port = freePort()
  const dataFolder = join(workshop.folder, `data-${port}`)
  mkdirSync(dataFolder)
  const keys = Array.from({ length: keyCount }, (_, index) => `bench-upstream-key-${String(index).padStart(20, '0')}`)
  const child = workshop.start(core, [binary, 'serve'], {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataFolder,
    BASE_URL: `http://127.0.0.1:${upstreamPort}/v1beta`,
    API_KEYS: JSON.stringify(keys),
    AUTH_TOKEN: 'bench-admin-token-0123456789abcdef',
    ALLOWED_TOKENS: JSON.stringify([clientToken]),
  })
  await untilOpen(port)
  return { child, port, readLog: () => readLog(dataFolder) }
}

const readLog = (dataFolder: string) => {
  const database = new Database(join(dataFolder, 'default_db'), { readonly: true })
  try {
    const found = database
      .query<{ rows: number; tokens: number | null }, []>(
        'select count(*) as rows, sum(prompt_tokens + output_tokens) as tokens from t_request_log',
      )
      .get()
    return { rows: found?.rows ?? 0, tokens: found?.tokens ?? 0 }
  } finally {
    database.close()
  }
}
