import { expect, test } from 'bun:test'
import { clientToken } from '#tests/_gateway.ts'
import { type Cast, minute } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, rowsOf } from './_look.ts'

const secondClient = 'second-client-of-the-tests-0123456789'
const tokens = JSON.stringify([clientToken, secondClient])
const parts = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta']

type Conversation = { readonly name: string; readonly instruction?: string; readonly token?: string }

/** The request for the answer to so many turns; it begins with the same ones each time. */
const bodyOf = ({ name, instruction }: Conversation, turns: number): string =>
  JSON.stringify({
    ...(instruction === undefined ? {} : { systemInstruction: { parts: [{ text: instruction }] } }),
    contents: Array.from({ length: turns * 2 - 1 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'model',
      parts: [{ text: `${name}, turn ${index}` }],
    })),
  })

/** Has a turn of the conversation answered, and says who was asked. */
const converse = async (cast: Cast, conversation: Conversation, turns: number): Promise<string> => {
  cast.asked()
  const form = turns % 2 === 0 ? 'whole' : 'sse'
  const told = await cast.ask({ form, body: bodyOf(conversation, turns), token: conversation.token ?? clientToken })
  expect(told.status).toBe(200)
  return cast.asked().at(-1) ?? 'nobody'
}

const affine = (cleanUp: AsyncDisposableStack) =>
  castFor(cleanUp, { keys: parts, settings: { KEY_POLICY: 'affinity', ALLOWED_TOKENS: tokens } })

test('affinity: forty interleaved conversations stay where they began, turn after turn', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await affine(cleanUp)
  const conversations = Array.from({ length: 40 }, (_, index) => ({
    name: `conversation ${index}`,
    ...(index % 2 === 0 ? { instruction: `be ${index % 4}` } : {}),
  }))
  const homes: string[] = []
  for (const conversation of conversations) homes.push(await converse(cast, conversation, 1))
  for (let turns = 2; turns <= 5; turns++) {
    const now: string[] = []
    for (const conversation of conversations) now.push(await converse(cast, conversation, turns))
    expect(now).toEqual(homes)
  }
  // Forty over eight, by a hash with a secret of this start: that half of the projects get none does not happen.
  expect(new Set(homes).size).toBeGreaterThan(parts.length / 2)
})

test('affinity: also when they all speak at once', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await affine(cleanUp)
  const bodies = Array.from({ length: 120 }, (_, index) => bodyOf({ name: `number ${index % 20}` }, 1 + (index % 6)))
  const told = await Promise.all(bodies.map(body => cast.ask({ body })))
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]))
  const homes = new Map<string, Set<string>>()
  for (const { bodyText, key } of cast.gateway.emulator.requests) {
    const name = JSON.parse(bodyText).contents[0].parts[0].text as string
    homes.set(name, (homes.get(name) ?? new Set()).add(key ?? ''))
  }
  expect([...homes.values()].map(({ size }) => size)).toEqual(Array.from({ length: 20 }, () => 1))
})

test('affinity: another client, or another instruction, is another conversation', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await affine(cleanUp)
  const homes = { first: [] as string[], other: [] as string[], instructed: [] as string[] }
  for (let index = 0; index < 30; index++) {
    const name = `number ${index}`
    homes.first.push(await converse(cast, { name }, 1))
    homes.other.push(await converse(cast, { name, token: secondClient }, 1))
    homes.instructed.push(await converse(cast, { name, instruction: 'be brief' }, 1))
  }
  expect(homes.other).not.toEqual(homes.first)
  expect(homes.instructed).not.toEqual(homes.first)
  expect(homes.instructed).not.toEqual(homes.other)
})

test('affinity: a conversation goes elsewhere while its project rests, all turns to the same one, and comes back', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await affine(cleanUp)
  const conversations = Array.from({ length: 24 }, (_, index) => ({ name: `number ${index}` }))
  const round = async (turns: number) => {
    const homes: string[] = []
    for (const conversation of conversations) homes.push(await converse(cast, conversation, turns))
    return homes
  }
  const before = await round(1)
  const struck = before[0] ?? ''
  cast.behave(struck, 'per-minute', 1)
  await converse(cast, { name: 'number 0' }, 1)
  const during = await round(2)
  expect(during).not.toContain(struck)
  expect(await round(3)).toEqual(during)
  // Nobody else moved.
  expect(during.map((home, index) => (before[index] === struck ? struck : home))).toEqual(before)
  cast.moveTo(cast.now() + 2 * minute)
  expect(await round(4)).toEqual(before)
})

test.each([
  ['embedContent', '{"content":{"parts":[{"text":"hello"}]}}'],
  ['batchEmbedContents', '{"requests":[{"model":"models/gemini-embedding-2","content":{"parts":[{"text":"a"}]}}]}'],
])('affinity: %s, which has no turns, goes to all in turn', async (method, body) => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await affine(cleanUp)
  for (let call = 0; call < parts.length; call++) {
    const response = await fetch(`${cast.gateway.url}/v1beta/models/gemini-embedding-2:${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': clientToken },
      body,
    })
    expect(response.status).toBe(200)
  }
  expect([...cast.asked()].sort()).toEqual([...parts].sort())
})

test('affinity: odd bodies are answered as ever', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await affine(cleanUp)
  for (const [body, status] of [
    ['{"contents":{"parts":[{"text":"hello"}]}}', 200],
    ['{ "contents" : [ { "parts" : [ { "text" : "hello" } ] } ] }', 200],
    ['{"contents":[]}', 400],
    ['{}', 400],
    ['{"contents":"hello"}', 400],
    ['{"contents":null}', 400],
    ['{"contents":[null]}', 400],
  ] as const) {
    expect([body, (await cast.ask({ body })).status]).toEqual([body, status])
  }
  await rowsOf(cast.gateway)
})
