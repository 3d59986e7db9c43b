import { expect, test } from 'bun:test'
import { castFor, rowsOf } from './_look.ts'

/** Nothing is added to a body, so that every byte can be compared. */
const asSent = { SAFETY_SETTINGS: '[]' }

const sentinel = 'skip_thought_signature_validator'
const corrupted = btoa('a signature that nobody gave out')

/** Written as clients do: with spaces and escapes that a rewrite would lose, and numbers that a double cannot hold. */
const bodyWith = (signature: string, name = 'thoughtSignature'): string =>
  `{ "tools" : [{"functionDeclarations":[{"name":"a"}]}],
  "generationConfig":{"temperature":1.0,"seed":7e0, "topP" : 0.9500},
  "contents": [ {"role":"user","parts":[{"text":"call a, \\"${name}\\": \\"no signature\\" \\u00e9 \\ud83d\\ude00 é"}]},
  {"role":"model","parts":[{"text":"Let me see.","${name}":"${signature}"},{"functionCall":{"name":"a","args":{"big":12345678901234567890,"thoughtSignature_":"x"}},"${name}" : "${signature}"}]},
\t{"role":"user","parts":[{"functionResponse":{"name":"a","response":{"ok":true}}}]}]}`

type Row = readonly [name: string, form: 'whole' | 'sse', member: string]

const rows: readonly Row[] = [
  ['thoughtSignature', 'whole', 'thoughtSignature'],
  ['thoughtSignature of a stream', 'sse', 'thoughtSignature'],
  ['thought_signature', 'whole', 'thought_signature'],
]

test.each(rows)(
  '%s: asked once more with the sentinel, and every other byte as it was',
  async (_name, form, member) => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, gateway } = await castFor(cleanUp, { keys: ['one', 'two'], settings: asSent })
    const body = bodyWith(corrupted, member)
    const told = await ask({ body, form })
    expect([told.status, told.isWhole]).toEqual([200, true])
    const sent = gateway.emulator.requests.map(({ bodyText }) => bodyText)
    expect(sent).toEqual([body, bodyWith(sentinel, member)])
    const [row] = await rowsOf(gateway)
    expect(row?.trace.map(({ verdict, status }) => [verdict, status])).toEqual([
      ['bad-signature', 400],
      ['healthy', 200],
    ])
  },
)

test('once only: what is refused again is told', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, conditions, gateway } = await castFor(cleanUp, { keys: ['one', 'two'], settings: asSent })
  // A call without a signature beside one with a corrupted one: the sentinel heals only the latter.
  const body = bodyWith(corrupted).replace(`,"thoughtSignature" : "${corrupted}"`, ',"thoughtSignature" : 7')
  const told = await ask({ body })
  expect(told.status).toBe(400)
  expect(asked().length).toBeLessThanOrEqual(2)
  expect(conditions()).toEqual({ one: 'ready', two: 'ready' })
  await rowsOf(gateway)
})

test('a body without signatures is sent once, whatever the refusal says', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const upstream = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async request => {
      received.push(await request.text())
      return Response.json(
        { error: { code: 400, message: 'Corrupted thought signature.', status: 'INVALID_ARGUMENT' } },
        { status: 400 },
      )
    },
  })
  const received: string[] = []
  cleanUp.defer(() => upstream.stop(true))
  const { ask, gateway } = await castFor(cleanUp, {
    keys: ['one', 'two'],
    settings: { ...asSent, BASE_URL: `http://127.0.0.1:${upstream.port}/v1beta` },
  })
  const plain = '{"contents":[{"parts":[{"text":"\\"thoughtSignature\\": \\"x\\" hello"}]}]}'
  const told = await ask({ body: plain })
  expect([told.status, received]).toEqual([400, [plain]])
  expect(told.text).toContain('Corrupted thought signature.')
  received.length = 0
  // With signatures: once more, and then it is told.
  const again = await ask({ body: bodyWith(corrupted) })
  expect([again.status, received]).toEqual([400, [bodyWith(corrupted), bodyWith(sentinel)]])
  expect(again.text).toContain('Corrupted thought signature.')
  received.length = 0
  // What already has nothing but the sentinel has nothing to replace.
  expect((await ask({ body: bodyWith(sentinel) })).status).toBe(400)
  expect(received).toHaveLength(1)
  expect((await rowsOf(gateway)).map(({ trace }) => trace.map(({ verdict }) => verdict))).toEqual([
    ['bad-signature'],
    ['bad-signature', 'bad-signature'],
    ['bad-signature'],
  ])
})
