import { join } from 'node:path'
import { interleave } from './compare.ts'
import { fixed, mediansOf, table, whole } from './figures.ts'
import type { Pace } from './options.ts'
import { loadCore, type Workshop } from './processes.ts'
import type { StreamFigures } from './sse-load.ts'
import type { Target } from './targets.ts'

const cases = [
  { lanes: 1, interval: 2, title: 'One stream after the other, 51 events, one every 2 ms' },
  { lanes: 50, interval: 20, title: '50 streams at once, 51 events, one every 20 ms' },
  { lanes: 500, interval: 20, title: '500 streams at once, 51 events, one every 20 ms' },
  { lanes: 1000, interval: 10, title: 'Saturation: 1000 streams at once, 51 events, one every 10 ms' },
]

/** Measures and prints streams. `onLoad` is called in the middle of every load with its lanes. */
export const compareStreams = async (
  workshop: Workshop,
  targets: readonly Target[],
  { rounds, seconds }: Pace,
  onLoad: (target: Target, lanes: number) => void,
): Promise<void> => {
  for (const { lanes, interval, title } of cases) {
    const measured = await interleave(targets, rounds, async target => {
      const middle = setTimeout(() => onLoad(target, lanes), interval * 50 + 300 + seconds * 500)
      const figures = await loadStreams(workshop, target.port, lanes, interval, seconds)
      clearTimeout(middle)
      return figures
    })
    const rows = new Map([...measured].map(([{ name }, figures]) => [name, mediansOf(figures)]))
    const direct = rows.get('direct')
    const nginx = rows.get('nginx')
    const lines = [...rows].map(([name, { perSecond, firstP50, firstP99, totalP50, busy, cost, errors }]) => [
      name,
      fixed(perSecond, perSecond < 100 ? 1 : 0),
      fixed(firstP50, 2),
      fixed(firstP99, 1),
      fixed(firstP50 - (direct?.firstP50 ?? Number.NaN), 2),
      fixed(totalP50, 0),
      fixed(perSecond / (nginx?.perSecond ?? Number.NaN), 2),
      `${whole(busy * 100)} %`,
      whole(cost),
      whole(errors),
    ])
    const head = [
      '',
      'streams/s',
      'first p50 ms',
      'p99 ms',
      'added p50',
      'total p50',
      'of nginx',
      'core',
      'CPU µs',
      'errors',
    ]
    process.stdout.write(`\n${title}\n${table([head, ...lines])}`)
  }
}

const loadStreams = async (workshop: Workshop, port: number, lanes: number, interval: number, seconds: number) => {
  const numbers = [port, lanes, interval, seconds].map(String)
  const output = await workshop.run(loadCore, [process.execPath, join(import.meta.dir, 'sse-load.ts'), ...numbers])
  return JSON.parse(output) as StreamFigures
}
