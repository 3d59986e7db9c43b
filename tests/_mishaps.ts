/** What no test may cause unannounced: errors logged by a gateway of this process, calls to the real network. */
let mishaps: string[] = []

export const reportMishap = (mishap: string): void => {
  mishaps.push(mishap)
}

/** All since the last call, or only those that `isMeant` picks; what is taken no longer fails the test. */
export const takeMishaps = (isMeant: (mishap: string) => boolean = () => true): readonly string[] => {
  const taken = mishaps.filter(isMeant)
  mishaps = mishaps.filter(mishap => !isMeant(mishap))
  return taken
}
