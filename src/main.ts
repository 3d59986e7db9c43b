import './runtime/raise-fetch-limit.ts'
import { plugins } from '#plugins/index.ts'
import { exitCodes } from './cli/exit-codes.ts'
import { runHealthcheck } from './cli/healthcheck.ts'
import { help } from './cli/help.ts'
import type { KeysCommand } from './cli/keys/parse-keys-arguments.ts'
import { runKeys } from './cli/keys/run-keys.ts'
import { type Command, parseArguments } from './cli/parse-arguments.ts'
import type { GeneratedToken } from './config/first-start-tokens.ts'
import { readEnvFile } from './config/read-env-file.ts'
import { SettingsRefused } from './config/settings-refused.ts'
import { demo } from './demo.ts'
import { openLocalKeys } from './open-local-keys.ts'
import { serve } from './serve.ts'
import { version } from './version.ts'

/** Shows tokens that were made because none was set: this once, to the person at the terminal, and in no log line. */
const showTokens = (tokens: readonly GeneratedToken[]) => {
  for (const { setting, token } of tokens) {
    process.stdout.write(`${setting} was not set; this one was made and is shown only now: ${token.reveal()}\n`)
  }
}

const run = async (command: Command, speed: number): Promise<number | 'running'> => {
  switch (command) {
    case 'serve':
      await serve({ plugins, environment: process.env, envFile: readEnvFile('.env'), onTokens: showTokens })
      return 'running'
    case 'demo':
      await demo(speed, plugins)
      return 'running'
    case 'healthcheck':
      return await runHealthcheck()
    case 'version':
      process.stdout.write(`${version}\n`)
      return exitCodes.fine
    case 'help':
      process.stdout.write(help)
      return exitCodes.fine
  }
}

const manageKeys = (command: KeysCommand): Promise<number> => {
  const sources = { environment: process.env, envFile: readEnvFile('.env') }
  return runKeys(command, { ...sources, openLocalKeys: () => openLocalKeys({ ...sources, plugins }) })
}

const parsed = parseArguments(process.argv.slice(2))
if (parsed.kind === 'misused') {
  process.stderr.write(`${parsed.problem} See gemini-balance ${process.argv[2] === 'keys' ? 'keys ' : ''}--help.\n`)
  process.exit(exitCodes.misused)
}
try {
  const code = parsed.kind === 'keys' ? await manageKeys(parsed.command) : await run(parsed.command, parsed.speed)
  if (code !== 'running') process.exit(code)
} catch (error) {
  process.stderr.write(`gemini-balance cannot start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(error instanceof SettingsRefused ? exitCodes.wrongSettings : exitCodes.failed)
}
