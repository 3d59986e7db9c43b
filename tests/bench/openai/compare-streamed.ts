import { join } from 'node:path'
import { interleave } from '../compare.ts'
import { fixed, mediansOf, table, whole } from '../figures.ts'
import type { Pace } from '../options.ts'
import { loadCore, type Workshop } from '../processes.ts'
import { eventCount } from '../sse-server.ts'
import type { StampedFigures } from './stream-load.ts'
import { restMilliseconds, type SummaryRow } from './summary.ts'
import { beside, type Way } from './ways.ts'

const cases = [
  { lanes: 1, interval: 2, title: `one stream after the other, ${eventCount} events, one every 2 ms` },
  { lanes: 50, interval: 20, title: `50 streams at once, ${eventCount} events, one every 20 ms` },
  { lanes: 500, interval: 20, title: `500 streams at once, ${eventCount} events, one every 20 ms` },
]

/** Measures and prints streams. @param warmUpSeconds of load that is not measured @returns the rows for the summary */
export const compareStreamed = async (
  workshop: Workshop,
  ways: readonly Way[],
  { rounds, seconds }: Pace,
  warmUpSeconds: number,
): Promise<readonly SummaryRow[]> => {
  const summary: SummaryRow[] = []
  // The engine compiles what runs often, while it runs.
  for (const way of ways.filter(({ proxy }) => proxy !== null)) await loadWay(workshop, way, 50, 2, warmUpSeconds)
  for (const { lanes, interval, title } of cases) {
    const measured = await interleave(
      ways,
      rounds,
      way => loadWay(workshop, way, lanes, interval, seconds),
      restMilliseconds,
    )
    const rows = new Map(
      [...measured].map(([{ name }, figures]) => {
        const medians = mediansOf(figures)
        return [name, { ...medians, chunkCost: medians.cost / eventCount }]
      }),
    )
    const native = rows.get('native')
    const lines = [...rows].map(([name, figures]) => [
      name,
      fixed(figures.perSecond, figures.perSecond < 100 ? 1 : 0),
      fixed(figures.firstP50, 2),
      fixed(figures.firstP50 - beside(name, native?.firstP50), 2),
      fixed(figures.chunkP50, 2),
      fixed(figures.chunkP99, 1),
      fixed(figures.chunkP50 - beside(name, native?.chunkP50), 2),
      fixed(figures.totalP50, 0),
      `${whole(figures.busy * 100)} %`,
      fixed(figures.chunkCost, 1),
      fixed(figures.chunkCost / beside(name, native?.chunkCost), 2),
      whole(figures.errors),
    ])
    process.stdout.write(`\nStreams, ${title}\n${table([head, ...lines])}`)
    const take = (name: 'perSecond' | 'firstP50' | 'chunkP50' | 'chunkCost') => ({
      direct: rows.get('direct')?.[name] ?? Number.NaN,
      native: native?.[name] ?? Number.NaN,
      chat: rows.get('/v1')?.[name] ?? Number.NaN,
    })
    summary.push(
      { title: `${title}: streams/s`, unit: 'a second', digits: lanes < 100 ? 1 : 0, ...take('perSecond') },
      { title: 'the same: first text, median, ms', unit: 'ms', digits: 2, ...take('firstP50') },
      { title: 'the same: way of an event, median, ms', unit: 'ms', digits: 2, ...take('chunkP50') },
    )
    // Of one stream it is mostly what an idle gateway uses.
    if (lanes > 1) summary.push({ title: `the same: ${processorTitle}`, unit: 'µs', digits: 1, ...take('chunkCost') })
  }
  return summary
}

const processorTitle = 'processor time of the gateway per event, µs'

const head = [
  '',
  'streams/s',
  'first p50 ms',
  'to native',
  'event p50 ms',
  'p99 ms',
  'to native',
  'total p50',
  'core',
  'CPU µs/event',
  'of native',
  'errors',
]

const loadWay = async (workshop: Workshop, way: Way, lanes: number, interval: number, seconds: number) => {
  const parameters = [way.name, ...[way.port, lanes, interval, seconds].map(String)]
  const script = join(import.meta.dir, 'stream-load.ts')
  return JSON.parse(await workshop.run(loadCore, [process.execPath, script, ...parameters])) as StampedFigures
}
