import { exitCodes } from '../exit-codes.ts'
import { createProgress } from './progress.ts'
import { harmless, print, tellPerson } from './terminal.ts'

/** A line of the answer to a check; the first has `total`, the last `done`. */
type CheckLine = {
  readonly total?: number
  readonly done?: boolean
  readonly message?: string
  readonly healthy?: number
  readonly dead?: number
  readonly unknown?: number
  readonly fingerprint?: string
  readonly verdict?: string
  readonly finding?: string
  readonly reason?: string | null
}

/** Shows the results of a check as they come. Healthy keys are only counted, unless the output is JSON. */
export const runCheck = async (response: Response, json: boolean): Promise<number> => {
  const results: CheckLine[] = []
  let progress = createProgress(process.stderr, 'Checking', 0)
  let total = 0
  let count = 0
  let last: CheckLine | undefined
  for await (const line of readLines(response)) {
    if (line.total !== undefined) {
      total = line.total
      progress = createProgress(process.stderr, 'Checking', total)
    } else if (line.done !== undefined) {
      last = line
    } else {
      if (json) results.push(line)
      else if (line.verdict !== 'healthy') {
        if (process.stderr.isTTY && process.stdout.isTTY) progress.end()
        await print(`${line.fingerprint}  ${line.verdict}  ${harmless(line.reason ?? line.finding ?? '')}\n`)
      }
      progress.advance(++count)
    }
  }
  progress.end()
  const { healthy = 0, dead = 0, unknown = 0 } = last ?? {}
  if (json) await print(`${JSON.stringify({ total, healthy, dead, unknown, results })}\n`)
  else await print(`${count} keys checked: ${healthy} healthy, ${dead} dead, ${unknown} unknown.\n`)
  if (last?.done !== true) {
    tellPerson(last?.message ?? 'The connection was lost before the check was finished.')
    return exitCodes.failed
  }
  if (total === 0) tellPerson('No key matches.')
  else if (healthy === 0 && dead === 0)
    tellPerson('Nothing was found out about any key: see the reasons of the results.')
  if (dead > 0) return exitCodes.partly
  return healthy > 0 ? exitCodes.fine : exitCodes.failed
}

async function* readLines(response: Response): AsyncGenerator<CheckLine> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield JSON.parse(line) as CheckLine
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error
    // The last line is missing then, which says it all.
  }
}
