import { join } from 'node:path'
import { loadCore, type Workshop } from './processes.ts'
import type { Shot } from './targets.ts'

export type RequestFigures = {
  readonly perSecond: number
  /** Milliseconds from the sent request to the end of the answer. */
  readonly p50: number
  readonly p99: number
  readonly answers: number
  /** Answers that were not 2xx, and connections that broke. */
  readonly errors: number
}

/** Loads a port with plain requests through `wrk`, from so many clients that each wait for their answer. */
export const loadRequests = async (
  workshop: Workshop,
  port: number,
  shot: Shot,
  clients: number,
  seconds: number,
): Promise<RequestFigures> => {
  const script = join(workshop.folder, `load-${shot.name}.lua`)
  const bodyFile = join(workshop.folder, `load-${shot.name}.json`)
  await Bun.write(bodyFile, shot.body)
  await Bun.write(script, luaScript(bodyFile, shot.headers))
  const address = `http://127.0.0.1:${port}${shot.path}`
  const output = await workshop.run(loadCore, [
    ...['wrk', '-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, address],
  ])
  const line = output.split('\n').find(text => text.startsWith('figures '))
  if (line === undefined) throw new Error(`wrk wrote no figures:\n${output}`)
  return JSON.parse(line.slice('figures '.length)) as RequestFigures
}

const luaScript = (bodyFile: string, headers: Shot['headers']) => `
wrk.method = 'POST'
local file = io.open('${bodyFile}', 'rb')
wrk.body = file:read('*a')
file:close()
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers['${name}'] = '${value}'`)
  .join('\n')}
done = function(summary, latency)
  local errors = summary.errors
  print(string.format(
    'figures {"perSecond":%f,"p50":%f,"p99":%f,"answers":%d,"errors":%d}',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.requests, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`
