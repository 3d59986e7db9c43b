import { obstacles } from './machine.ts'
import { type BenchOptions, readOptions, usageOf } from './options.ts'
import { Workshop } from './processes.ts'

/**
 * Reads the command line and runs a benchmark; whatever ends it, its processes and files go. Ends this process where
 * the command line or the machine does not allow it.
 *
 * @param script the script of package.json that was called
 */
export const runBenchmark = async (
  script: string,
  bench: (workshop: Workshop, options: BenchOptions) => Promise<void>,
): Promise<void> => {
  const options = readOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${usageOf(script)}`)
    process.exit(2)
  }
  const problems = obstacles()
  if (problems.length > 0) {
    process.stderr.write(`The benchmark cannot run here:\n${problems.map(problem => `  ${problem}\n`).join('')}`)
    process.exit(1)
  }
  await using workshop = new Workshop()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void workshop[Symbol.asyncDispose]().then(() => process.exit(130)))
  }
  await bench(workshop, options)
}
