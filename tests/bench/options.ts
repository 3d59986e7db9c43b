/** Every target is measured once a round, one after the other. */
export type Pace = { readonly rounds: number; readonly seconds: number }

/** What a run of the benchmark is told on the command line. */
export type BenchOptions = {
  readonly requests: Pace & {
    /** Seconds of load before the first round of each case: the engine compiles what runs often, while it runs. */
    readonly warmUpSeconds: number
  }
  readonly streams: Pace
  /** The program under test; null builds it first. */
  readonly binary: string | null
}

/** @param script the script of package.json that was called */
export const usageOf = (script: string) => `Usage: bun run ${script} [--quick] [--binary <file>]

  --quick          short rounds: about a minute, and rougher figures
  --binary <file>  measure this build instead of making one
`

const full = {
  requests: { rounds: 3, seconds: 3, warmUpSeconds: 6 },
  streams: { rounds: 3, seconds: 2 },
}
const quick = {
  requests: { rounds: 2, seconds: 1, warmUpSeconds: 2 },
  streams: { rounds: 1, seconds: 1 },
}

/** @returns a sentence when the arguments cannot be understood */
export const readOptions = (parameters: readonly string[]): BenchOptions | string => {
  let pace = full
  let binary: string | null = null
  for (let index = 0; index < parameters.length; index++) {
    const parameter = parameters[index]
    if (parameter === '--quick') pace = quick
    else if (parameter === '--binary') {
      binary = parameters[++index] ?? ''
      if (binary === '') return '--binary needs a file.'
    } else return `${parameter} is not an option.`
  }
  return { ...pace, binary }
}

export const told = ({ rounds, seconds }: Pace) => `${rounds} x ${seconds} s`
