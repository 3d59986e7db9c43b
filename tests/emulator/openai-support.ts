import type { Emulator } from '#src/emulator/emulator.ts'
import { type Answered, type CallOptions, call, goodKey } from './support.ts'

/** One request to Google's OpenAI layer, with the key as it wants it. */
export const callOpenAi = (
  emulator: Emulator,
  path: string,
  body?: unknown,
  { key = goodKey, headers = {}, ...options }: CallOptions = {},
): Promise<Answered> =>
  call(emulator, `/v1beta/openai/${path}`, body, {
    ...options,
    headers: { 'x-goog-api-key': '', authorization: `Bearer ${key}`, ...headers },
  })

export const userSays = (text: string, more: object = {}) => ({
  model: 'gemini-3.8-flash',
  messages: [{ role: 'user', content: text }],
  ...more,
})

/** The JSON of a stream's events; `[DONE]` as it is. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what the wire says, whatever its shape
export const chatEventsOf = (body: string): readonly any[] =>
  body
    .split('\n\n')
    .filter(event => event !== '')
    .map(event => event.replace(/^data: /, ''))
    .map(data => (data === '[DONE]' ? data : JSON.parse(data)))
