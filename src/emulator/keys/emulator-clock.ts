/** The time by which quotas run. It can be faster than the real one, and set forward. Answers' delays are real time. */
export type EmulatorClock = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly advance: (milliseconds: number) => void
  /** 60 lets an hour pass in a real minute. */
  readonly setSpeed: (speed: number) => void
  readonly speed: () => number
}

export const createEmulatorClock = (startAt: number = Date.now(), initialSpeed = 1): EmulatorClock => {
  let speed = initialSpeed
  let base = startAt
  let baseReal = performance.now()
  const now = () => base + (performance.now() - baseReal) * speed
  const rebase = (next: number) => {
    base = next
    baseReal = performance.now()
  }
  return {
    now,
    advance: milliseconds => rebase(now() + milliseconds),
    setSpeed: next => {
      rebase(now())
      speed = next
    },
    speed: () => speed,
  }
}
