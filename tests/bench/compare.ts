import { type Child, processorSeconds } from './processes.ts'
import type { Target } from './targets.ts'

/** One target's figures in one case. */
export type Measured<Figures> = Figures & {
  /** Share of its core the proxy used: where it is far from 1, load or upstream was the limit and the ratio flatters. */
  readonly busy: number
  /** Microseconds of processor time the proxy spent on one answer. */
  readonly cost: number
}

/**
 * Measures every target once a round, one after the other, so that what else goes on on the machine meets all of them.
 * @returns the rounds of each target
 */
export const interleave = async <Figures extends { readonly answers: number }>(
  targets: readonly Target[],
  rounds: number,
  measure: (target: Target) => Promise<Figures>,
): Promise<ReadonlyMap<Target, readonly Measured<Figures>[]>> => {
  const measured = new Map<Target, Measured<Figures>[]>(targets.map(target => [target, []]))
  for (let round = 0; round < rounds; round++) {
    for (const target of targets) {
      const used = processorTime(target.proxy)
      const startedAt = performance.now()
      const figures = await measure(target)
      const seconds = (performance.now() - startedAt) / 1000
      const spent = processorTime(target.proxy) - used
      measured.get(target)?.push({ ...figures, busy: spent / seconds, cost: (spent / figures.answers) * 1e6 })
    }
  }
  return measured
}

const processorTime = (proxy: Child | null) => (proxy === null ? Number.NaN : processorSeconds(proxy))
