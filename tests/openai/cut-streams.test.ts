import { afterAll, beforeAll, expect, test } from 'bun:test'
import { clientToken, startCompiledGateway, type TestGateway } from '../_gateway.ts'
import { user, usualModel } from './_ask.ts'
import { startCuttingUpstream } from './_cutting-upstream.ts'
import { recorded } from './_recorded.ts'
import { faultsOf } from './_schema.ts'
import { readStream } from './_stream-rules.ts'

let gateway: TestGateway
let upstream: Awaited<ReturnType<typeof startCuttingUpstream>>

beforeAll(async () => {
  faultsOf('Model', {})
  upstream = await startCuttingUpstream()
  gateway = await startCompiledGateway({ settings: { BASE_URL: `${upstream.url}/v1beta`, MAX_RETRIES: '1' } })
}, 60_000)
afterAll(async () => {
  await gateway.stop()
  upstream.stop()
})

const tools = ['get_a', 'get_b'].map(name => ({ type: 'function', function: { name } }))

/** The answer to a recorded stream that is cut before these bytes, without what no two answers have in common. */
const answerTo = async (what: string, cuts: readonly number[]): Promise<string> => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}` },
    body: JSON.stringify({
      model: usualModel,
      messages: [user(`${what}|${cuts.join()}`)],
      tools,
      stream: true,
      stream_options: { include_usage: true },
    }),
  })
  const text = await response.text()
  return text
    .replace(/"created":\d+/g, '"created":1')
    .replace(/"call_[0-9a-f]{24}"/g, '"call_x"')
    .replace(/"chatcmpl-(?!q1w2e3")[^"]+"/g, '"chatcmpl-x"')
}

const expected: Readonly<Record<string, object>> = {
  'text of one to four bytes': { content: 'Größe 天気 🌍🏽"\n\\ é', finishReason: 'stop' },
  'thoughts and a closing signature': { content: 'Ja', reasoning: '**Hm** 🤔\n', finishReason: 'stop' },
  'calls at once': {
    content: 'I ask.',
    finishReason: 'tool_calls',
    calls: [
      { name: 'get_a', arguments: '{"city":"Köln 🏰"}', signature: 'EiAC/w==' },
      { name: 'get_b', arguments: '{"list":[1,{"a":null}]}' },
    ],
  },
  'sources of a search': {
    content: expect.stringContaining('Rom hat 🌞 heute.'),
    annotations: [{ url_citation: { start_index: 8, end_index: 16, title: 'example.com' } }],
  },
}

const errors: Readonly<Record<string, string>> = {
  'an error in its middle': 'That is not right 🥵.',
  'no end': 'The answer ended before it was complete.',
}

/**
 * Cut after its first event: nothing of it should be taken for a failure before the answer has begun, unless the pieces
 * were read as one after all.
 */
const streamedAnswerTo = async (what: string, stream: Buffer): Promise<string> => {
  for (;;) {
    const text = await answerTo(what, [stream.indexOf('\r\n\r\n') + 4])
    if (text.startsWith('data: ')) return text
  }
}

test.each([...recorded])('a stream with %s says what Google said', async (what, stream) => {
  const text = await streamedAnswerTo(what, stream)
  const { said, error } = readStream(text.replaceAll('"call_x"', distinct()), true)
  if (what in errors) expect(error?.message).toContain(errors[what] as string)
  else expect(said?.choices).toMatchObject([expected[what]])
})

/** Requests under way at a time. */
const lanes = 16

test.each([...recorded])(
  'a stream with %s is the same wherever it is cut',
  async (what, stream) => {
    const streamed = await streamedAnswerTo(what, stream)
    const lastEvent = streamed.split('\n\n').at(-2)?.slice('data: '.length)
    // What fails at once, before anything was sent, is told as the status and not as a stream.
    const isSame = (text: string) => text === streamed || (what in errors && text === lastEvent)
    const places = Array.from({ length: stream.length - 1 }, (_, index) => index + 1)
    const different: number[] = []
    const work = places.values()
    const lane = async () => {
      for (const place of work) if (!isSame(await answerTo(what, [place]))) different.push(place)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    expect(different).toEqual([])
    expect(await answerTo(what, [])).toSatisfy(isSame)
    expect(await answerTo(what, places)).toBe(streamed)
  },
  60_000,
)

/** Ids that were made alike are told apart again. */
function distinct() {
  let count = 0
  return () => `"call_${count++}"`
}
