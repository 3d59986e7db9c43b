import { isDeepStrictEqual } from 'node:util'
import { readCompletion, type Said } from '#tests/openai/_said.ts'
import { readStream } from '#tests/openai/_stream-rules.ts'
import { answerTokens } from '../bodies.ts'
import { withoutStamps } from '../stamps.ts'
import { ask } from '../verify.ts'
import { type Question, shotOf, streamQuestion, type Way } from './ways.ts'

/**
 * Figures of an answer that is wrong are worth nothing: through Gemini's side it must be the upstream's own, through
 * OpenAI's it must be what OpenAI's types say and hold the same text.
 *
 * @throws Error that names the way
 */
export const verifyPlain = async (ways: readonly Way[], questions: readonly Question[]): Promise<void> => {
  for (const question of questions) {
    const expected = await ask(ways[0], shotOf(question, 'direct'))
    for (const way of ways) {
      const answer = await ask(way, shotOf(question, way.name))
      if (way.name === '/v1') checkSaid(readCompletion(JSON.parse(answer)), textOf(expected))
      else if (answer !== expected) throw new Error(`${way.name} changed the answer`)
    }
  }
}

/** @throws Error that names the way */
export const verifyStreamed = async (ways: readonly Way[]): Promise<void> => {
  const question = streamQuestion(1)
  const expected = withoutStamps(await ask(ways[0], shotOf(question, 'direct')))
  const text = eventsOf(expected).map(textOf).join('')
  for (const way of ways) {
    const answer = await ask(way, shotOf(question, way.name))
    const plain = withoutStamps(answer)
    if (plain === answer) throw new Error(`${way.name} lost the stamps`)
    if (way.name === '/v1') checkSaid(readStream(plain, true).said, text)
    else if (plain !== expected) throw new Error(`${way.name} changed the stream`)
  }
}

const checkSaid = (said: Said | undefined, text: string) => {
  const total = answerTokens.prompt + answerTokens.output
  const choice = said?.choices[0]
  if (choice?.content !== text) throw new Error('/v1 changed the text')
  if (choice.finishReason !== 'stop') throw new Error(`/v1 ended with ${choice.finishReason}`)
  if (said?.usage?.total_tokens !== total) throw new Error(`/v1 tells ${said?.usage?.total_tokens} tokens of ${total}`)
}

const eventsOf = (stream: string) =>
  stream
    .split('\r\n\r\n')
    .filter(event => event !== '')
    .map(event => event.slice('data: '.length))

type Content = { readonly role: string; readonly parts: readonly Readonly<Record<string, unknown>>[] }

const textOf = (answer: string): string => {
  const { candidates } = JSON.parse(answer) as { candidates: { content: Content }[] }
  return candidates.flatMap(({ content }) => content.parts.map(({ text }) => text)).join('')
}

/**
 * The upstream of the benchmark answers whatever it is asked; this one listens. Both ways must send up the same turns,
 * calls, results and functions. `through` asks every way while this upstream stands behind the gateway.
 *
 * @throws Error that tells the first difference
 */
export const verifySentUp = async (
  question: Question,
  through: (port: number) => Promise<readonly Way[]>,
): Promise<void> => {
  const heard: string[] = []
  await using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async request => {
      heard.push(await request.text())
      return Response.json(shortAnswer)
    },
  })
  const ways = (await through(server.port ?? 0)).filter(({ proxy }) => proxy !== null)
  const sent: (readonly unknown[])[] = []
  for (const way of ways) {
    heard.length = 0
    await ask(way, shotOf(question, way.name))
    sent.push(gistOf(heard[0] ?? '{}'))
  }
  for (const [index, gist] of sent.entries()) {
    if (gist.length < 3 || !isDeepStrictEqual(gist, sent[0]))
      throw new Error(`${ways[index]?.name} sends up something else: ${JSON.stringify(gist).slice(0, 1000)}`)
  }
}

/** Every part with its role, and the functions by name: the same whatever turns were put together. */
const gistOf = (body: string): readonly unknown[] => {
  const { contents = [], tools = [] } = JSON.parse(body) as {
    contents?: Content[]
    tools?: { functionDeclarations?: { name: string }[] }[]
  }
  return [
    ...contents.flatMap(({ role, parts }) =>
      parts.map(part => [role, part.text, callOf(part.functionCall), callOf(part.functionResponse)]),
    ),
    ...tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name)),
  ]
}

const callOf = (call: unknown) => {
  if (typeof call !== 'object' || call === null) return null
  const { name, args, response } = call as { name?: unknown; args?: unknown; response?: unknown }
  return [name, args, response]
}

const shortAnswer = {
  candidates: [{ content: { parts: [{ text: 'Yes.' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 },
}
