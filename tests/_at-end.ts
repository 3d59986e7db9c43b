const duties = new Set<() => void>()

/**
 * Has something done after the last test of the run (`bun test` emits no `exit` event).
 * @returns takes it back
 */
export const atEnd = (duty: () => void): (() => void) => {
  duties.add(duty)
  return () => duties.delete(duty)
}

export const performDuties = (): void => {
  for (const duty of duties) duty()
}
