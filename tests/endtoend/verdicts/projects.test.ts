import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmulatorKey } from '#src/emulator/emulator.ts'
import { openSecretBox } from '#src/security/secret-box.ts'
import { type Cast, hour, minute, model, noon, otherModel, second, secretOf, startCast } from './_cast.ts'

/** Twelve keys in three projects, one of which has eight requests a day for each model. */
const projects = ['alpha', 'beta', 'gamma'] as const
const keys: readonly EmulatorKey[] = [1, 2, 3, 4].flatMap(number =>
  projects.map(project => ({
    secret: secretOf(`${project}-${number}`),
    project,
    ...(project === 'alpha' ? { limits: { perDay: 8 } } : {}),
  })),
)

type Sum = { readonly served: number; readonly refused: readonly string[] }

/** Sends so many requests that the small project runs out, and says which of its keys were refused. */
const drain = async ({ ask, gateway }: Cast, name: string): Promise<Sum> => {
  gateway.emulator.clearRequests()
  let served = 0
  for (let request = 0; request < 60; request++) if ((await ask({ model: name })).status === 200) served++
  const refused = gateway.emulator.requests.filter(({ status }) => status === 429).map(({ key }) => key ?? '')
  return { served, refused }
}

const isOfAlpha = (secret: string) => secret.startsWith(secretOf('alpha'))

/** One key of the project runs out, and its siblings are not asked: for each model, and again the next day. */
const expectOneStrike = async (cast: Cast, name: string) => {
  const { served, refused } = await drain(cast, name)
  expect(served).toBe(60)
  expect(refused.every(isOfAlpha)).toBe(true)
  expect(refused.length).toBeLessThanOrEqual(1)
}

const nextDay = Date.parse('2026-11-24T08:02:00Z')

const castOf = async (cleanUp: AsyncDisposableStack, settings: Readonly<Record<string, string>> = {}) => {
  const cast = await startCast({ keys, settings })
  cleanUp.defer(cast.gateway.stop)
  return cast
}

const newDirectory = (cleanUp: AsyncDisposableStack): string => {
  const directory = mkdtempSync(join(tmpdir(), 'gemini-balance-projects-'))
  cleanUp.defer(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** As a person would on the dashboard. */
const setProjects = async (directory: string) => {
  const cast = await startCast({ keys, settings: { DATA_DIR: directory } })
  const box = openSecretBox({ encryptionKey: undefined, dataDirectory: directory })
  await cast.gateway.services.storage.saveKeys(
    keys.map(({ secret, project = '' }, index) => ({
      keyId: box.keyIdOf(secret),
      secret,
      kind: 'gemini',
      project,
      priority: 0,
      tags: [],
      note: '',
      enabled: true,
      deleted: false,
      createdAt: index,
    })),
  )
  await cast.gateway.stop()
}

test('projects set by hand: one key hits the quota of the day, and its siblings are not tried', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = newDirectory(cleanUp)
  await setProjects(DATA_DIR)
  const cast = await castOf(cleanUp, { DATA_DIR })
  await expectOneStrike(cast, model)
  await expectOneStrike(cast, otherModel)
  cast.moveTo(nextDay)
  await expectOneStrike(cast, model)
})

test('projects set by hand: when the project is denied access, all its keys are dead at once', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = newDirectory(cleanUp)
  await setProjects(DATA_DIR)
  const { ask, asked, behave, conditions } = await castOf(cleanUp, { DATA_DIR })
  for (const number of [1, 2, 3, 4]) behave(`beta-${number}`, 'denied')
  for (let request = 0; request < 24; request++) expect((await ask()).status).toBe(200)
  expect(asked().filter(part => part.startsWith('beta'))).toHaveLength(1)
  const dead = Object.entries(conditions()).flatMap(([part, condition]) => (condition === 'dead' ? [part] : []))
  expect(dead.sort()).toEqual(['beta-1', 'beta-2', 'beta-3', 'beta-4'])
})

test('projects learned from an error: one key hits the quota of the day, and its siblings are not tried', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castOf(cleanUp)
  // Every key is refused once, with an error that names its project.
  for (const { secret } of keys) cast.gateway.emulator.setBehaviour(secret, 'per-minute-region', { times: 1 })
  for (let request = 0; request < 12; request++) await cast.ask()
  expect(cast.gateway.emulator.keys.map(({ behaviour }) => behaviour)).toEqual(keys.map(() => 'valid'))
  cast.moveTo(noon + 2 * minute)
  await expectOneStrike(cast, model)
  await expectOneStrike(cast, otherModel)
  cast.moveTo(nextDay)
  await expectOneStrike(cast, model)
})

test('what was learned of projects outlasts a restart', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = newDirectory(cleanUp)
  const before = await startCast({ keys, settings: { DATA_DIR } })
  for (const { secret } of keys) before.gateway.emulator.setBehaviour(secret, 'per-minute-region', { times: 1 })
  for (let request = 0; request < 12; request++) await before.ask()
  await before.gateway.stop()
  const cast = await startCast({ keys, settings: { DATA_DIR }, at: noon + hour })
  cleanUp.defer(cast.gateway.stop)
  await expectOneStrike(cast, model)
})

test('projects guessed from one burst: afterwards one key hits the quota, and its siblings are not tried', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castOf(cleanUp)
  // Nobody knows yet that the four belong together: each has to be refused once, all in the same second.
  const first = await drain(cast, model)
  expect(first.served).toBe(60)
  expect(new Set(first.refused).size).toBe(first.refused.length)
  expect(first.refused.length).toBeLessThanOrEqual(4)
  expect(first.refused.every(isOfAlpha)).toBe(true)
  // A burst is judged when its second is over.
  cast.moveTo(noon + 2 * second)
  await expectOneStrike(cast, otherModel)
  cast.moveTo(nextDay)
  await expectOneStrike(cast, model)
})

test('keys that ran out one after the other, hours apart, are not taken for one project', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const lonely = ['one', 'two', 'three', 'four'].map(part => ({ secret: secretOf(part), limits: { perDay: 2 } }))
  const cast = await startCast({ keys: [...lonely, { secret: secretOf('five') }, { secret: secretOf('six') }] })
  cleanUp.defer(cast.gateway.stop)
  const served = new Map<string, number>()
  for (let request = 0; request < 40; request++) {
    await cast.ask()
    cast.moveTo(cast.now() + 5000)
  }
  for (const { key, status } of cast.gateway.emulator.requests) {
    if (status === 200 && key !== null) served.set(key, (served.get(key) ?? 0) + 1)
  }
  // Each got all it had: nobody rested for another's sake.
  expect(lonely.map(({ secret }) => served.get(secret))).toEqual([2, 2, 2, 2])
  cast.moveTo(nextDay)
  cast.asked()
  for (let request = 0; request < 12; request++) await cast.ask()
  expect(new Set(cast.asked()).size).toBe(6)
})

test('keys that ran out in the same second are not taken for one project when they used more than one may', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const lonely = ['one', 'two', 'three', 'four'].map(part => ({ secret: secretOf(part), limits: { perDay: 2 } }))
  const others = ['five', 'six', 'seven', 'eight', 'nine', 'ten'].map(part => ({ secret: secretOf(part) }))
  const cast = await startCast({ keys: [...lonely, ...others] })
  cleanUp.defer(cast.gateway.stop)
  const first = await drain(cast, model)
  expect([...first.refused].sort()).toEqual(lonely.map(({ secret }) => secret).sort())
  cast.moveTo(nextDay)
  const later = await drain(cast, model)
  expect(later.served).toBe(60)
  const served = cast.gateway.emulator.requests.filter(({ status }) => status === 200).map(({ key }) => key)
  expect(lonely.map(({ secret }) => served.filter(key => key === secret).length)).toEqual([2, 2, 2, 2])
})
