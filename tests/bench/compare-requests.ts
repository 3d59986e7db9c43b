import { interleave } from './compare.ts'
import { fixed, mediansOf, table, whole } from './figures.ts'
import type { BenchOptions } from './options.ts'
import type { Workshop } from './processes.ts'
import { loadRequests } from './request-load.ts'
import { plainShot, type Size, type Target } from './targets.ts'

const cases: readonly { readonly size: Size; readonly clients: number; readonly title: string }[] = [
  { size: 'small', clients: 64, title: 'Plain requests, 2 kB up and 1.5 kB down, 64 clients' },
  { size: 'small', clients: 1, title: 'Plain requests, 2 kB up and 1.5 kB down, one client' },
  { size: 'large', clients: 64, title: 'Plain requests, 64 kB up and 64 kB down, 64 clients' },
]

/** Measures and prints plain requests. @returns how many were sent through each target */
export const compareRequests = async (
  workshop: Workshop,
  targets: readonly Target[],
  { rounds, seconds, warmUpSeconds }: BenchOptions['requests'],
): Promise<ReadonlyMap<Target['name'], number>> => {
  const sent = new Map<Target['name'], number>()
  const load = async (target: Target, size: Size, clients: number, length: number) => {
    const figures = await loadRequests(workshop, target.port, plainShot(size), clients, length)
    sent.set(target.name, (sent.get(target.name) ?? 0) + figures.answers)
    return figures
  }
  for (const { size, clients, title } of cases) {
    for (const target of targets)
      await load(target, size, clients, target.name === 'gemini-balance' ? warmUpSeconds : 1)
    const measured = await interleave(targets, rounds, target => load(target, size, clients, seconds))
    const rows = new Map([...measured].map(([{ name }, figures]) => [name, mediansOf(figures)]))
    const direct = rows.get('direct')
    const nginx = rows.get('nginx')
    const lines = [...rows].map(([name, { perSecond, p50, p99, busy, cost, errors }]) => [
      name,
      whole(perSecond),
      fixed(p50, 3),
      fixed(p99, 2),
      fixed(p50 - (direct?.p50 ?? Number.NaN), 3),
      fixed(perSecond / (nginx?.perSecond ?? Number.NaN), 2),
      `${whole(busy * 100)} %`,
      fixed(cost, 1),
      whole(errors),
    ])
    const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'added p50', 'of nginx', 'core', 'CPU µs', 'errors']
    process.stdout.write(`\n${title}\n${table([head, ...lines])}`)
  }
  return sent
}
