/**
 * Must be the first module of the program. Bun allows 256 fetches at once in a process and queues the rest in silence;
 * the only switch is an environment variable that is read before any code runs (measured, Bun 1.4.5). So the program
 * replaces itself once by itself, with the variable set: same process, same arguments.
 */
const variable = 'BUN_CONFIG_MAX_HTTP_REQUESTS'

const mostRequests = '65535'

if (process.env[variable] === undefined && typeof process.execve === 'function') {
  const command = Bun.isStandaloneExecutable
    ? [process.execPath, ...process.argv.slice(2)]
    : [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  try {
    process.execve(process.execPath, command, { ...process.env, [variable]: mostRequests })
  } catch (error) {
    // Where a sandbox forbids it the program works all the same, with the small limit.
    const reason = error instanceof Error && 'code' in error ? error.code : error
    process.stderr.write(`gemini-balance serves 256 requests at once: set ${variable}=${mostRequests} (${reason})\n`)
  }
}

export {}
