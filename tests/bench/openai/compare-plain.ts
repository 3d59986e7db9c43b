import { interleave } from '../compare.ts'
import { fixed, mediansOf, table, whole } from '../figures.ts'
import type { BenchOptions } from '../options.ts'
import type { Workshop } from '../processes.ts'
import { loadRequests } from '../request-load.ts'
import { restMilliseconds, type SummaryRow } from './summary.ts'
import { beside, questions, shotOf, type Way } from './ways.ts'

const kilobytes = ({ body }: { readonly body: string }) => `${whole(body.length / 1000)} kB`

const smallTitle = `2 kB up and 1.5 kB down`
const longTitle = `${kilobytes(questions.long.openai)} up (20 turns, 10 functions), 1.5 kB down`

const cases = [
  { question: questions.small, clients: 64, title: `${smallTitle}, 64 clients` },
  { question: questions.small, clients: 1, title: `${smallTitle}, one client` },
  { question: questions.long, clients: 64, title: `${longTitle}, 64 clients` },
  { question: questions.long, clients: 1, title: `${longTitle}, one client` },
]

/** Measures and prints plain requests. @returns the rows for the summary */
export const comparePlain = async (
  workshop: Workshop,
  ways: readonly Way[],
  { rounds, seconds, warmUpSeconds }: BenchOptions['requests'],
): Promise<readonly SummaryRow[]> => {
  const summary: SummaryRow[] = []
  for (const { question, clients, title } of cases) {
    const load = (way: Way, length: number) =>
      loadRequests(workshop, way.port, shotOf(question, way.name), clients, length)
    // One client finds warm what many clients have warmed.
    if (clients > 1) for (const way of ways) await load(way, way.proxy === null ? 1 : warmUpSeconds)
    const measured = await interleave(ways, rounds, way => load(way, seconds), restMilliseconds)
    const rows = new Map([...measured].map(([{ name }, figures]) => [name, mediansOf(figures)]))
    const direct = rows.get('direct')
    const native = rows.get('native')
    const lines = [...rows].map(([name, { perSecond, p50, p99, busy, cost, errors }]) => [
      name,
      whole(perSecond),
      fixed(perSecond / beside(name, native?.perSecond), 2),
      fixed(p50, 3),
      fixed(p99, 2),
      fixed(p50 - (direct?.p50 ?? Number.NaN), 3),
      fixed(p50 - beside(name, native?.p50), 3),
      `${whole(busy * 100)} %`,
      fixed(cost, 1),
      whole(errors),
    ])
    process.stdout.write(`\nPlain requests, ${title}\n${table([head, ...lines])}`)
    const take = (name: 'perSecond' | 'p50' | 'cost') => ({
      direct: direct?.[name] ?? Number.NaN,
      native: native?.[name] ?? Number.NaN,
      chat: rows.get('/v1')?.[name] ?? Number.NaN,
    })
    if (clients > 1) {
      summary.push({ title: `${title}: requests/s`, unit: 'a second', digits: 0, ...take('perSecond') })
      summary.push({ title: 'the same: processor time of the gateway, µs', unit: 'µs', digits: 0, ...take('cost') })
    } else summary.push({ title: `${title}: median, ms`, unit: 'ms', digits: 2, ...take('p50') })
  }
  return summary
}

const head = ['', 'requests/s', 'of native', 'p50 ms', 'p99 ms', 'added p50', 'to native', 'core', 'CPU µs', 'errors']
