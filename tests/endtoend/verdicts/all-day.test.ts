import { expect, test } from 'bun:test'
import { type AskOptions, send } from '#tests/endings/_ask.ts'
import { minute, model, startCast } from './_cast.ts'

const parts = ['one', 'two', 'three', 'four']
const ready = Object.fromEntries(parts.map(part => [part, 'ready']))

type Nuisance = readonly [name: string, request: (turn: number) => AskOptions, status: number]

const part = (more: object) => JSON.stringify({ contents: [{ parts: [{ text: 'hello' }, more] }] })

const nuisances: readonly Nuisance[] = [
  ['malformed requests', turn => ({ body: `{"contents":[{"parts":[{"text${turn}":"hello"}]}]}` }), 400],
  ['unknown models', turn => ({ model: `gemini-of-nobody-${turn}` }), 404],
  ['one unknown model', () => ({ model: 'gemini-of-nobody' }), 404],
  ['a method that a good model lacks', () => ({ model: 'gemini-embedding-2' }), 404],
  [
    'files of somebody else',
    turn => ({ body: part({ fileData: { fileUri: `files/f${turn}`, mimeType: 'a/b' } }) }),
    403,
  ],
  [
    'calls without a signature',
    () => ({
      body: JSON.stringify({
        tools: [{ functionDeclarations: [{ name: 'a' }] }],
        contents: [
          { role: 'user', parts: [{ text: 'call a' }] },
          { role: 'model', parts: [{ functionCall: { name: 'a' } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'a', response: {} } }] },
        ],
      }),
    }),
    400,
  ],
]

test.each(nuisances)(
  '200 %s take no key out, and the next good request is served',
  async (_name, request, status) => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, asked, conditions, gateway, moveTo, now } = await startCast({ keys: parts })
    cleanUp.defer(gateway.stop)
    const statuses = new Set<number>()
    for (let turn = 0; turn < 200; turn++) {
      statuses.add((await ask(request(turn))).status)
      if (turn % 20 === 0) moveTo(now() + minute)
    }
    expect([...statuses]).toEqual([status])
    expect(conditions()).toEqual(ready)
    asked()
    for (let turn = 0; turn < parts.length; turn++) expect((await ask({ model })).status).toBe(200)
    expect(new Set(asked())).toEqual(new Set(parts))
  },
  30_000,
)

test('200 blocked prompts take no key out, and the next good request is served', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, behave, conditions, gateway } = await startCast({ keys: parts })
  cleanUp.defer(gateway.stop)
  for (const one of parts) behave(one, 'blocked-prompt')
  for (let turn = 0; turn < 200; turn++) expect((await ask()).text).toContain('PROHIBITED_CONTENT')
  expect(asked()).toHaveLength(200)
  expect(conditions()).toEqual(ready)
  for (const one of parts) behave(one, 'valid')
  for (let turn = 0; turn < parts.length; turn++) expect((await ask({ model })).status).toBe(200)
  expect(new Set(asked())).toEqual(new Set(parts))
}, 30_000)

test('200 clients that leave take no key out, and the next good request is served', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, behave, conditions, gateway } = await startCast({ keys: parts })
  cleanUp.defer(gateway.stop)
  for (const one of parts) behave(one, 'silent')
  for (let round = 0; round < 10; round++) {
    const leaving = new AbortController()
    const gone = Array.from({ length: 20 }, () => send(gateway.url, { signal: leaving.signal }).catch(() => 'gone'))
    while (gateway.emulator.openRequests() < 20) await Bun.sleep(5)
    leaving.abort()
    expect(new Set(await Promise.all(gone))).toEqual(new Set(['gone']))
    while (gateway.live.count > 0 || gateway.emulator.openRequests() > 0) await Bun.sleep(5)
  }
  expect(conditions()).toEqual(ready)
  for (const one of parts) behave(one, 'valid')
  expect((await ask()).status).toBe(200)
}, 30_000)
