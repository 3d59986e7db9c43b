import { type Child, processorSeconds } from './processes.ts'

/** One target's figures in one case. */
export type Measured<Figures> = Figures & {
  /** Share of its core the proxy used: where it is far from 1, load or upstream was the limit and the ratio flatters. */
  readonly busy: number
  /** Microseconds of processor time the proxy spent on one answer. */
  readonly cost: number
}

/**
 * Measures every target once a round, one after the other, so that what else goes on on the machine meets all of them.
 * @param pause milliseconds to wait after a load, so that what it leaves to do later (log, collection) counts as its own
 * @returns the rounds of each target
 */
export const interleave = async <
  Watched extends { readonly proxy: Child | null },
  Figures extends { readonly answers: number },
>(
  targets: readonly Watched[],
  rounds: number,
  measure: (target: Watched) => Promise<Figures>,
  pause = 0,
): Promise<ReadonlyMap<Watched, readonly Measured<Figures>[]>> => {
  const measured = new Map<Watched, Measured<Figures>[]>(targets.map(target => [target, []]))
  for (let round = 0; round < rounds; round++) {
    for (const target of targets) {
      const used = processorTime(target.proxy)
      const startedAt = performance.now()
      const figures = await measure(target)
      const seconds = (performance.now() - startedAt) / 1000
      if (pause > 0) await Bun.sleep(pause)
      const spent = processorTime(target.proxy) - used
      measured.get(target)?.push({ ...figures, busy: spent / seconds, cost: (spent / figures.answers) * 1e6 })
    }
  }
  return measured
}

const processorTime = (proxy: Child | null) => (proxy === null ? Number.NaN : processorSeconds(proxy))
