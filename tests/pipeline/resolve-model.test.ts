import { expect, test } from 'bun:test'
import { ModelCatalogue, type ModelPage } from '#pipeline/model-catalogue.ts'
import type { Suffix } from '#pipeline/plugin.ts'
import { Refinements } from '#pipeline/refine.ts'
import { resolveModel } from '#pipeline/stages/resolve-model.ts'
import { silentLogger } from '#src/logging/logger.ts'

const suffix = (ending: `-${string}`, allows: (model: string) => boolean = () => true): Suffix => ({
  suffix: ending,
  label: `For ${ending}`,
  allows,
})

const refinementsOf = (...suffixes: readonly Suffix[]) =>
  new Refinements([{ plugin: { name: 'test', settings: {}, parts: () => ({}) }, parts: { suffixes } }], () => true)

const resolve = async (model: string, listed: readonly string[] = [], filtered: readonly string[] = []) => {
  const refinements = refinementsOf(
    suffix('-search', name => name !== 'cannot'),
    suffix('-thinking'),
    suffix('-non-thinking'),
  )
  const stage = resolveModel({
    refinements,
    isListed: async (_version, name) => listed.includes(name),
    filtered: () => filtered,
  })
  const arrived = {
    door: { read: () => ({ model, version: 'v1beta', method: 'm', stream: null, body: { kind: 'none' } }) },
    journal: {},
    stopwatch: { receive: 0 },
  }
  const { target } = await stage.run(arrived as never)
  return target
}

test.each([
  ['m', 'm', []],
  ['m-search', 'm', ['-search']],
  ['m-non-thinking', 'm', ['-non-thinking']],
  ['m-search-non-thinking', 'm', ['-search', '-non-thinking']],
  ['m-non-thinking-search', 'm', ['-non-thinking', '-search']],
  ['m-search-search', 'm', ['-search']],
  ['-search', '-search', []],
])('%s means %s', async (asked, model, suffixes) => {
  expect(await resolve(asked)).toEqual({ asked, model, suffixes })
})

test('a name that upstream lists is never shortened', async () => {
  expect(await resolve('deep-search', ['deep-search'])).toEqual({
    asked: 'deep-search',
    model: 'deep-search',
    suffixes: [],
  })
  expect(await resolve('deep-search-thinking', ['deep-search'])).toEqual({
    asked: 'deep-search-thinking',
    model: 'deep-search',
    suffixes: ['-thinking'],
  })
})

test('a suffix that the model cannot have, and a model that is filtered, are refused', async () => {
  expect(resolve('cannot-search')).rejects.toThrow(
    'models/cannot-search does not exist: cannot cannot be used with -search.',
  )
  expect(resolve('old-model', [], ['old-*'])).rejects.toThrow('models/old-model is not offered by this gateway.')
  expect(resolve('old-model-search', [], ['old-*'])).rejects.toThrow('not offered')
})

const catalogueOf = (fetchPage: (version: string, pageToken: string | null) => Promise<ModelPage>) => {
  const clock = { now: 0 }
  const catalogue = new ModelCatalogue({
    fetchPage,
    refinements: refinementsOf(suffix('-search', model => model === 'a')),
    filtered: () => ['gone'],
    seconds: () => 10,
    now: () => clock.now,
    logger: silentLogger,
  })
  return { catalogue, clock }
}

const model = (name: string, methods = ['generateContent']) => ({
  name: `models/${name}`,
  displayName: name.toUpperCase(),
  supportedGenerationMethods: methods,
  new: 1,
})

test('the list is all pages, filtered, with the derived names at its end', async () => {
  const { catalogue } = catalogueOf(async (_version, token) =>
    token === null
      ? { models: [model('a'), model('gone')], nextPageToken: 'two' }
      : { models: [model('b', ['embedContent'])], nextPageToken: null },
  )
  expect(await catalogue.list('v1beta')).toEqual([
    model('a'),
    model('b', ['embedContent']),
    { ...model('a'), name: 'models/a-search', displayName: 'A For -search' },
  ])
})

test('many who ask at once cause one question, and the answer is good for its time', async () => {
  let asked = 0
  const { catalogue, clock } = catalogueOf(async () => {
    asked++
    await Bun.sleep(1)
    return { models: [model('b')], nextPageToken: null }
  })
  await Promise.all([catalogue.list('v1'), catalogue.list('v1'), catalogue.isListed('v1', 'b')])
  expect(asked).toBe(1)
  clock.now = 9_999
  await catalogue.list('v1')
  expect(asked).toBe(1)
  clock.now = 10_000
  await catalogue.list('v1')
  expect(asked).toBe(2)
})

test('when upstream cannot be asked an old list is better than none, and no list is an error', async () => {
  let fails = true
  let asked = 0
  const { catalogue, clock } = catalogueOf(async () => {
    asked++
    if (fails) throw new Error('away')
    return { models: [model('b')], nextPageToken: null }
  })
  expect(catalogue.list('v1')).rejects.toThrow('away')
  expect(await catalogue.isListed('v1', 'b')).toBe(false)
  expect(await catalogue.isListed('v1', 'c')).toBe(false)
  expect(asked).toBe(1)
  fails = false
  clock.now = 30_000
  expect(await catalogue.isListed('v1', 'b')).toBe(true)
  fails = true
  clock.now = 90_000
  expect((await catalogue.list('v1')).map(({ name }) => name)).toEqual(['models/b'])
  expect(asked).toBe(3)
})

test('a list of the upstream before is not taken for one of the new', async () => {
  const { promise, resolve } = Promise.withResolvers<ModelPage>()
  let asked = 0
  const { catalogue } = catalogueOf(async () =>
    ++asked === 1 ? promise : { models: [model('new')], nextPageToken: null },
  )
  const before = catalogue.isListed('v1', 'old')
  catalogue.forget()
  resolve({ models: [model('old')], nextPageToken: null })
  expect(await before).toBe(true)
  expect(await catalogue.isListed('v1', 'old')).toBe(false)
})
