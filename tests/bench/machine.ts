import { availableParallelism, cpus } from 'node:os'

/** Programs of the system the benchmark cannot do without, and the Debian packages that bring them. */
const required = [
  { program: 'nginx', debianPackage: 'nginx-light', purpose: 'the limit to compare with, and the upstream' },
  { program: 'wrk', debianPackage: 'wrk', purpose: 'load of plain requests' },
  { program: 'taskset', debianPackage: 'util-linux', purpose: 'keeps load and proxy on cores of their own' },
]

/** What keeps the benchmark from running here, one sentence each; empty when nothing does. */
export const obstacles = (): readonly string[] => {
  const missing = required.flatMap(({ program, debianPackage, purpose }) =>
    Bun.which(program, { PATH: searchPath }) === null
      ? [`${program} is missing (${purpose}). On Debian: apt-get install ${debianPackage}`]
      : [],
  )
  const tooSmall =
    availableParallelism() < 2 ? ['Two processor cores are needed: one for the proxy, one for load.'] : []
  return [...missing, ...tooSmall]
}

/** Debian keeps nginx where the PATH of a plain user does not reach. */
export const searchPath = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`

export const describeMachine = (): string => {
  const [first] = cpus()
  return `${availableParallelism()} cores, ${first?.model.trim() || 'unknown processor'}, Bun ${Bun.version}`
}
