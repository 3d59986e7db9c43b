import { expect, test } from 'bun:test'
import { type Cast, secretOf, startCast } from './_cast.ts'

type Answer = () => Response

const good: Answer = () =>
  Response.json({ candidates: [{ content: { parts: [{ text: 'hello' }] }, finishReason: 'STOP' }] })
const teapot: Answer = () =>
  Response.json({ error: { code: 418, message: 'I am a teapot', status: 'UNKNOWN' } }, { status: 418 })
const stranger: Answer = () => Response.json({ error: 'Unauthorized' }, { status: 401 })
const moderated: Answer = () => Response.json({ detail: 'This content is not allowed.' }, { status: 403 })
const tooLarge: Answer = () =>
  new Response('<html>Your client issued a request that was too large.', {
    status: 413,
    headers: { 'content-type': 'text/html' },
  })

/** A gateway before a program that is not Google. */
const behindMirror = async (
  cleanUp: AsyncDisposableStack,
  keys: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Cast & { readonly answers: Map<string, Answer>; readonly seen: string[] }> => {
  const answers = new Map<string, Answer>()
  const seen: string[] = []
  const mirror = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async request => {
      await request.bytes()
      const part = keys.find(key => secretOf(key) === request.headers.get('x-goog-api-key')) ?? 'none'
      seen.push(part)
      return (answers.get(part) ?? good)()
    },
  })
  cleanUp.defer(() => mirror.stop(true))
  const BASE_URL = `http://127.0.0.1:${mirror.port}/v1beta`
  const cast = await startCast({ keys, settings: { BASE_URL, MAX_FAILURES: '3', ...settings } })
  cleanUp.defer(cast.gateway.stop)
  return { ...cast, answers, seen }
}

test('a refusal nobody can classify is told at once; so many in a row take the key out', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { answers, ask, conditions, stateOf } = await behindMirror(cleanUp, ['struck'])
  answers.set('struck', teapot)
  expect([(await ask()).status, (await ask()).status]).toEqual([418, 418])
  expect(conditions()).toEqual({ struck: 'ready' })
  expect((await ask()).status).toBe(418)
  expect(stateOf('struck')).toMatchObject({ condition: 'dead', reason: expect.stringMatching(/no known reason/) })
})

test('one good answer in between and the count begins anew', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { answers, ask, conditions } = await behindMirror(cleanUp, ['struck'])
  for (let round = 0; round < 3; round++) {
    answers.set('struck', teapot)
    expect([(await ask()).status, (await ask()).status]).toEqual([418, 418])
    answers.set('struck', good)
    expect((await ask()).status).toBe(200)
  }
  expect(conditions()).toEqual({ struck: 'ready' })
})

test('a key that a mirror does not know: another one answers, and after so many times it is out', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { answers, ask, attempts, conditions, seen } = await behindMirror(cleanUp, ['struck', 'spare'])
  answers.set('struck', stranger)
  for (let request = 0; request < 10; request++) expect((await ask()).status).toBe(200)
  expect(seen.filter(part => part === 'struck')).toHaveLength(3)
  expect(conditions()).toEqual({ struck: 'dead', spare: 'ready' })
  expect(await attempts()).toEqual([{ verdict: 'healthy', status: 200 }])
})

test.each([
  ['a mirror does not like the content', moderated, 403],
  ['a front end finds the request too large', tooLarge, 413],
] as const)(
  '%s: told each time, and no key is out after 200 times',
  async (_name, answer, status) => {
    await using cleanUp = new AsyncDisposableStack()
    const { answers, ask, conditions, seen } = await behindMirror(cleanUp, ['one', 'two'])
    answers.set('one', answer)
    answers.set('two', answer)
    for (let request = 0; request < 200; request++) expect((await ask()).status).toBe(status)
    expect(seen).toHaveLength(200)
    expect(conditions()).toEqual({ one: 'ready', two: 'ready' })
  },
  30_000,
)
