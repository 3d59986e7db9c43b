import { expect } from 'bun:test'
import type OpenAI from 'openai'
import type { SeenRequest } from '#src/emulator/emulator.ts'
import { clientToken, type TestGateway } from '../_gateway.ts'
import { readCompletion, type Said, type SaidChoice } from './_said.ts'
import { expectPublished } from './_schema.ts'
import { readStream } from './_stream-rules.ts'

export type Chat = {
  readonly model?: string
  readonly messages?: readonly object[]
  readonly stream?: boolean | null
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly [field: string]: unknown
}

export type AskOptions = {
  readonly path?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly said: Said | undefined
  /** As the status or within the stream. */
  readonly error: OpenAI.ErrorObject | undefined
}

export const usualModel = 'gemini-3.6-flash'

export const user = (content: unknown) => ({ role: 'user', content })

/**
 * One chat completion by `fetch`; every answer and chunk is held to OpenAI's schema and to the rules of its streams.
 * @throws if one of them is broken
 */
export const ask = async (
  gateway: Pick<TestGateway, 'url'>,
  chat: Chat,
  options: AskOptions = {},
): Promise<Answered> => {
  const response = await fetch(`${gateway.url}${options.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${options.token ?? clientToken}`,
      ...options.headers,
    },
    body: JSON.stringify({ model: usualModel, ...chat }),
    signal: AbortSignal.timeout(20_000),
  })
  const text = await response.text()
  const known = { status: response.status, headers: response.headers, text }
  if (response.status !== 200) {
    const body = parse(text)
    expectPublished('ErrorBody', body)
    return { ...known, said: undefined, error: (body as { error: OpenAI.ErrorObject }).error }
  }
  const type = response.headers.get('content-type') ?? ''
  if (chat.stream !== true) {
    expect(type).toStartWith('application/json')
    return { ...known, said: readCompletion(parse(text)), error: undefined }
  }
  expect(type).toStartWith('text/event-stream')
  return { ...known, ...readStream(text, chat.stream_options?.include_usage === true) }
}

/** The one choice of an answer that went well. */
export const say = async (
  gateway: Pick<TestGateway, 'url'>,
  chat: Chat,
  options: AskOptions = {},
): Promise<SaidChoice & { readonly usage: OpenAI.CompletionUsage | undefined }> => {
  const { status, said, text } = await ask(gateway, chat, options)
  const [choice] = said?.choices ?? []
  if (choice === undefined) throw new Error(`There is no answer but ${status} ${text}`)
  return { ...choice, usage: said?.usage }
}

/** What a promise is rejected with. (Bun's `rejects` takes a promise of OpenAI's SDK for one that resolves.) */
// biome-ignore lint/suspicious/noExplicitAny: tests read what was thrown, whatever it is
export const failureOf = async (promise: PromiseLike<unknown>): Promise<any> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('Nothing failed.')
}

/** The bodies that went up since the journal was cleared; all of them must have been let in. */
export const sentUp = (gateway: Pick<TestGateway, 'emulator'>): readonly Sent[] => {
  const requests = gateway.emulator.requests
  expect(requests.filter(({ status }) => status !== null && status >= 400).map(complaintOf)).toEqual([])
  return requests.filter(({ method }) => method === 'POST').map(({ bodyText }) => JSON.parse(bodyText) as Sent)
}

// biome-ignore lint/suspicious/noExplicitAny: tests read what went up, whatever its shape
export type Sent = any

const complaintOf = ({ path, status, bodyText }: SeenRequest) => `${status} ${path} ${bodyText.slice(0, 1000)}`

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
