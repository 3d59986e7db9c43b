import { describe, expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { clientToken } from '#tests/_gateway.ts'
import { errorOf, eventsOf, type Form, send } from '#tests/endings/_ask.ts'
import { type Cast, type CastOptions, minute, model, otherModel, secretOf, startCast } from './_cast.ts'

const cast = async (cleanUp: AsyncDisposableStack, options: Partial<CastOptions> = {}): Promise<Cast> => {
  const made = await startCast({ keys: ['struck', 'spare'], ...options })
  cleanUp.defer(made.gateway.stop)
  return made
}

const allReady = { struck: 'ready', spare: 'ready' }

test('an answer: one attempt, and the key is as good as before', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, attempts, conditions, errors, stateOf } = await cast(cleanUp)
  expect((await ask()).status).toBe(200)
  expect(asked()).toEqual(['struck'])
  expect(await attempts()).toEqual([{ verdict: 'healthy', status: 200 }])
  expect(await errors()).toEqual([])
  expect(conditions()).toEqual(allReady)
  expect(stateOf('struck')).toMatchObject({ served: 1, failed: 0 })
})

type Passing = readonly [behaviour: KeyBehaviour, form: Form, verdict: string, status: number | null]

/** What passes by itself: tried again, and blamed on no key. */
const passing: readonly Passing[] = [
  ['busy', 'whole', 'busy', 429],
  ['unavailable', 'whole', 'upstream-failing', 503],
  ['unavailable', 'array', 'upstream-failing', 503],
  ['internal', 'whole', 'upstream-failing', 500],
  ['deadline', 'whole', 'upstream-failing', 504],
  ['reset', 'whole', 'upstream-failing', null],
  ['silent', 'whole', 'upstream-failing', null],
  ['html-error', 'whole', 'front-end-error', 502],
  ['html-forbidden', 'whole', 'front-end-error', 403],
  ['empty', 'whole', 'empty', 200],
  ['empty', 'sse', 'empty', 200],
  ['empty-thoughts', 'whole', 'empty', 200],
  ['malformed-call', 'whole', 'empty', 200],
  ['cut', 'whole', 'cut', null],
]

test.each(passing)(
  '%s (%s): tried again, and no key is blamed',
  async (behaviour, form, verdict, status) => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, attempts, behave, conditions, errors } = await cast(cleanUp, { settings: { TIME_OUT: '1' } })
    behave('struck', behaviour, 1)
    const told = await ask({ form })
    expect([told.status, told.isWhole]).toEqual([200, true])
    expect(told.text).toContain('You said')
    expect(await attempts()).toMatchObject([
      { verdict, ...(status === null ? {} : { status }) },
      { verdict: 'healthy' },
    ])
    expect(await errors()).toMatchObject([{ part: 'struck', kind: verdict }])
    expect(conditions()).toEqual(allReady)
  },
  20_000,
)

type Lasting = readonly [behaviour: KeyBehaviour, verdict: string, attempts: number, told: number]

/** The same when it does not pass: as often as it may be tried, then told, and still no key is blamed. */
const lasting: readonly Lasting[] = [
  ['unavailable', 'upstream-failing', 3, 503],
  ['internal', 'upstream-failing', 3, 500],
  ['deadline', 'upstream-failing', 3, 504],
  ['reset', 'upstream-failing', 3, 502],
  // Two more at most, however many attempts are allowed.
  ['empty', 'empty', 3, 200],
  ['malformed-call', 'empty', 3, 200],
]

test.each(lasting)(
  '%s of all keys: told after the attempts that could help',
  async (behaviour, verdict, count, status) => {
    await using cleanUp = new AsyncDisposableStack()
    const MAX_RETRIES = verdict === 'empty' ? '5' : '3'
    const { ask, attempts, behave, conditions } = await cast(cleanUp, { settings: { MAX_RETRIES } })
    behave('struck', behaviour)
    behave('spare', behaviour)
    expect((await ask()).status).toBe(status)
    expect((await attempts()).map(attempt => attempt.verdict)).toEqual(Array.from({ length: count }, () => verdict))
    expect(conditions()).toEqual(allReady)
  },
  20_000,
)

test('a model that fails five times in a row is left alone for a while; other models and all keys are as good as before', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, attempts, behave, conditions, moveTo, now } = await cast(cleanUp, {
    settings: { MAX_RETRIES: '1' },
  })
  behave('struck', 'unavailable')
  behave('spare', 'unavailable')
  for (let request = 0; request < 5; request++) expect((await ask()).status).toBe(503)
  expect(asked()).toHaveLength(5)
  const told = await Promise.all(Array.from({ length: 10 }, () => ask()))
  expect(told.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 503))
  // One of them was let through, to see.
  expect(asked()).toHaveLength(1)
  behave('struck', 'valid')
  behave('spare', 'valid')
  expect((await ask({ model: otherModel })).status).toBe(200)
  expect(conditions()).toEqual(allReady)
  moveTo(now() + minute)
  for (let request = 0; request < 4; request++) expect((await ask()).status).toBe(200)
  await attempts()
}, 20_000)

test('clients that leave while a key is held for them leave none behind', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { attempts, behave, conditions, gateway } = await cast(cleanUp, { settings: { MAX_RETRIES: '3' } })
  behave('struck', 'busy')
  behave('spare', 'busy')
  for (let request = 0; request < 5; request++) {
    const leaving = new AbortController()
    const gone = send(gateway.url, { signal: leaving.signal }).catch(() => 'gone')
    await Bun.sleep(20 + request * 40)
    leaving.abort()
    await gone
  }
  await attempts()
  expect(conditions()).toEqual(allReady)
}, 20_000)

const between = ['busy', 'html-error', 'html-forbidden', 'location'] as const

test.each(between)(
  '%s of all keys blames the way to Google, and no key',
  async behaviour => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, attempts, behave, conditions } = await cast(cleanUp, { settings: { MAX_RETRIES: '2' } })
    behave('struck', behaviour)
    behave('spare', behaviour)
    const told = await ask()
    expect(told.status).toBeGreaterThanOrEqual(400)
    const error = errorOf(eventsOf('whole', told.text))
    expect(error?.code).toBe(told.status)
    const verdict = behaviour.startsWith('html') ? 'front-end-error' : behaviour
    // Where there is no other way out, another attempt cannot help a location.
    const count = behaviour === 'location' ? 1 : 2
    expect((await attempts()).map(attempt => attempt.verdict)).toEqual(Array.from({ length: count }, () => verdict))
    expect(conditions()).toEqual(allReady)
  },
  20_000,
)

test('the client is told in Google’s words that the location is not supported', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, behave } = await cast(cleanUp, { keys: ['struck'] })
  behave('struck', 'location')
  const told = await ask()
  expect([told.status, errorOf(eventsOf('whole', told.text))?.status]).toEqual([400, 'FAILED_PRECONDITION'])
})

const says = (more: object) => JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }], ...more })
const part = (more: object) => JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hello' }, more] }] })
const fileUri = 'https://generativelanguage.googleapis.com/v1beta/files/abc'

type Mistake = readonly [name: string, body: string, verdict: string, status: number, words: string]

const mistakes: readonly Mistake[] = [
  ['an unknown name', says({ wishes: 3 }), 'bad-request', 400, 'Unknown name "wishes"'],
  ['no contents', '{"contents":[]}', 'bad-request', 400, 'contents is not specified'],
  ['a role that is none', '{"contents":[{"role":"boss","parts":[{"text":"a"}]}]}', 'bad-request', 400, 'valid role'],
  [
    'a schema Google does not take',
    says({ generationConfig: { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT', $ref: '#' } } }),
    'bad-request',
    400,
    'Unknown name "$ref"',
  ],
  [
    'tools that do not go together',
    says({ tools: [{ functionDeclarations: [{ name: 'a' }] }, { googleSearch: {} }] }),
    'bad-request',
    400,
    'include_server_side_tool_invocations',
  ],
  [
    'a safety setting that is none',
    says({ safetySettings: [{ category: 'HARM_CATEGORY_MEDICAL', threshold: 'OFF' }] }),
    'bad-request',
    400,
    'element predicate failed',
  ],
  [
    'a call without its signature',
    JSON.stringify({
      tools: [{ functionDeclarations: [{ name: 'a' }] }],
      contents: [
        { role: 'user', parts: [{ text: 'call a' }] },
        { role: 'model', parts: [{ functionCall: { name: 'a' } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'a', response: {} } }] },
      ],
    }),
    'bad-request',
    400,
    'Function call is missing a thought_signature',
  ],
  [
    'a file of another project',
    part({ fileData: { fileUri, mimeType: 'image/png' } }),
    'routing',
    403,
    'You do not have permission to access the File abc',
  ],
  [
    'a file whose name says that the key is dead',
    part({ fileData: { fileUri: "files/Consumer 'a' has been suspended", mimeType: 'image/png' } }),
    'routing',
    403,
    'has been suspended',
  ],
  [
    'a cache of another project',
    says({ cachedContent: 'cachedContents/abc' }),
    'routing',
    403,
    'CachedContent not found',
  ],
]

test.each(mistakes)('%s: told at once, and no key is blamed', async (_name, body, verdict, status, words) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, attempts, conditions, errors } = await cast(cleanUp)
  const told = await ask({ body })
  expect(told.status).toBe(status)
  expect(errorOf(eventsOf('whole', told.text))?.message).toContain(words)
  expect(asked()).toEqual(['struck'])
  expect(await attempts()).toEqual([{ verdict, status }])
  expect(await errors()).toMatchObject([{ kind: verdict, statusCode: status }])
  expect(conditions()).toEqual(allReady)
})

test.each([
  ['files/abc', 403],
  ['cachedContents/abc', 403],
  ['batches/abc', 404],
])('%s of another project: told at once, and no key is blamed', async (path, status) => {
  await using cleanUp = new AsyncDisposableStack()
  const { attempts, conditions, gateway } = await cast(cleanUp)
  const response = await fetch(`${gateway.url}/v1beta/${path}`, { headers: { 'x-goog-api-key': clientToken } })
  expect(response.status).toBe(status)
  expect(await attempts()).toEqual([{ verdict: 'routing', status }])
  expect(conditions()).toEqual(allReady)
})

describe('a corrupted signature', () => {
  const corrupted = btoa('made up by somebody else')
  const body = (count: number) =>
    JSON.stringify({
      tools: [{ functionDeclarations: [{ name: 'a' }] }],
      contents: [
        { role: 'user', parts: [{ text: 'call a' }] },
        ...Array.from({ length: count }, () => [
          {
            role: 'model',
            parts: [
              { text: 'Let me see.', thoughtSignature: corrupted },
              { functionCall: { name: 'a' }, thoughtSignature: corrupted },
            ],
          },
          { role: 'user', parts: [{ functionResponse: { name: 'a', response: { ok: true } } }] },
        ]).flat(),
      ],
    })

  test.each([
    ['gemini-2.5-flash', 1],
    ['gemini-3.8-flash', 1],
    ['gemini-3.8-flash', 3],
  ])('%s, %d times: asked once more without the old ones', async (name, count) => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, attempts, conditions, errors, gateway } = await cast(cleanUp)
    const told = await ask({ body: body(count), model: name })
    expect(told.text).toContain('The function a returned')
    expect(told.status).toBe(200)
    expect(await attempts()).toEqual([
      { verdict: 'bad-signature', status: 400 },
      { verdict: 'healthy', status: 200 },
    ])
    const [first, again] = gateway.emulator.requests.map(({ bodyText }) => bodyText.includes(corrupted))
    expect([first, again]).toEqual([true, false])
    expect(await errors()).toMatchObject([{ kind: 'bad-signature' }])
    expect(conditions()).toEqual(allReady)
  })
})

test.each([
  ['blocked-prompt', 'blockReason'],
  ['blocked-answer', 'SAFETY'],
] as const)('%s: told at once, and nobody is blamed', async (behaviour, word) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, attempts, behave, conditions } = await cast(cleanUp)
  behave('struck', behaviour)
  const told = await ask()
  expect(told.status).toBe(200)
  expect(told.text).toContain(word)
  expect(asked()).toEqual(['struck'])
  expect(await attempts()).toEqual([{ verdict: 'blocked', status: 200 }])
  expect(conditions()).toEqual(allReady)
})

type Broken = readonly [behaviour: KeyBehaviour, form: Form, verdict: string]

const broken: readonly Broken[] = [
  ['cut', 'sse', 'cut'],
  ['cut', 'array', 'cut'],
  ['cut-inside-event', 'sse', 'cut'],
  ['reset', 'sse', 'cut'],
  ['stalled', 'sse', 'cut'],
  ['stream-error', 'sse', 'upstream-failing'],
]

test.each(broken)(
  '%s (%s) once it has begun: never again, and the client sees an error',
  async (behaviour, form, verdict) => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, asked, attempts, behave, conditions } = await cast(cleanUp, {
      settings: { PROGRESS_TIMEOUT_SECONDS: '1' },
      pace: 10,
    })
    behave('struck', behaviour)
    const told = await ask({ form, prompt: 'write 200 words' })
    expect(told.status).toBe(200)
    expect(errorOf(eventsOf(form, told.text))?.code).toBeGreaterThanOrEqual(500)
    expect(asked()).toEqual(['struck'])
    expect((await attempts()).map(attempt => attempt.verdict)).toEqual([verdict])
    expect(conditions()).toEqual(allReady)
  },
  20_000,
)

test('a client that leaves: nobody is blamed, and Google is told', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { attempts, behave, conditions, gateway } = await cast(cleanUp)
  behave('struck', 'silent')
  const leaving = new AbortController()
  const gone = send(gateway.url, { signal: leaving.signal }).then(
    () => 'answered',
    () => 'gone',
  )
  while (gateway.emulator.openRequests() === 0) await Bun.sleep(5)
  leaving.abort()
  expect(await gone).toBe('gone')
  expect(await attempts()).toEqual([{ verdict: 'client-gone', status: null }])
  const { rows } = await gateway.services.storage.findRequests({ limit: 1 })
  expect(rows).toMatchObject([{ statusCode: 499, outcome: 'abandoned' }])
  expect(gateway.emulator.requests).toMatchObject([{ key: secretOf('struck'), cancelled: true }])
  expect(conditions()).toEqual(allReady)
})

test('nobody listens at Google’s address: no key is blamed', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const nobody = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const BASE_URL = `http://127.0.0.1:${nobody.port}/v1beta`
  await nobody.stop(true)
  const { ask, attempts, conditions } = await cast(cleanUp, { settings: { BASE_URL, MAX_RETRIES: '2' } })
  expect((await ask({ model })).status).toBe(502)
  expect((await attempts()).map(({ verdict }) => verdict)).toEqual(['upstream-failing', 'upstream-failing'])
  expect(conditions()).toEqual(allReady)
}, 20_000)
