import { expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { startCast } from './_cast.ts'

const fatal: readonly KeyBehaviour[] = [
  'invalid',
  'suspended',
  'leaked',
  'denied',
  'service-blocked',
  'token-unsupported',
]

test.each(fatal)(
  'a key that died (%s) is not asked again in 200 requests, one after the other and at once',
  async behaviour => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, asked, behave, conditions, gateway } = await startCast({ keys: ['one', 'struck', 'two'] })
    cleanUp.defer(gateway.stop)
    for (let request = 0; request < 3; request++) await ask()
    asked()
    behave('struck', behaviour)
    const statuses: number[] = []
    for (let request = 0; request < 100; request++) statuses.push((await ask()).status)
    for (let round = 0; round < 10; round++) {
      const told = await Promise.all(Array.from({ length: 10 }, () => ask()))
      statuses.push(...told.map(({ status }) => status))
    }
    expect(statuses.filter(status => status !== 200)).toEqual([])
    expect(asked().filter(part => part === 'struck')).toEqual(['struck'])
    expect(conditions()).toEqual({ one: 'ready', struck: 'dead', two: 'ready' })
  },
  30_000,
)
