import { clientToken } from '#tests/_gateway.ts'

export const model = 'gemini-3.8-flash'

/** The three forms in which content is generated. */
export type Form = 'whole' | 'sse' | 'array'

export type AskOptions = {
  readonly form?: Form
  readonly token?: string
  readonly body?: string
  readonly prompt?: string
  readonly model?: string
  readonly signal?: AbortSignal
}

const pathOf = (form: Form, name: string): string =>
  `/v1beta/models/${name}:${form === 'whole' ? 'generateContent' : 'streamGenerateContent'}${form === 'sse' ? '?alt=sse' : ''}`

/** Sends one request for content; the answer is not read yet. */
export const send = (url: string, options: AskOptions = {}): Promise<Response> =>
  fetch(url + pathOf(options.form ?? 'whole', options.model ?? model), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': options.token ?? clientToken },
    body: options.body ?? JSON.stringify({ contents: [{ parts: [{ text: options.prompt ?? 'hello' }] }] }),
    signal: options.signal ?? null,
  })

export type Told = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Whether the body came to its end; false when the connection broke. */
  readonly isWhole: boolean
}

/** Sends and reads all there is. */
export const ask = async (url: string, options: AskOptions = {}): Promise<Told> => readAll(await send(url, options))

export const readAll = async (response: Response): Promise<Told> => {
  const { status, headers } = response
  let text = ''
  try {
    for await (const chunk of (response.body ?? new Response('').body)?.pipeThrough(new TextDecoderStream()) ?? [])
      text += chunk
    return { status, headers, text, isWhole: true }
  } catch {
    return { status, headers, text, isWhole: false }
  }
}

/** What stands in an answer, in whichever form it came. @throws SyntaxError when it is not JSON through and through */
export const eventsOf = (form: Form, text: string): readonly unknown[] => {
  if (form === 'sse') {
    return text
      .split(/\r?\n\r?\n/)
      .filter(event => event !== '')
      .map(event => JSON.parse(event.replace(/^data: /, '')))
  }
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value : [value]
}

export type GoogleError = { readonly code: number; readonly message: string; readonly status: string }

/** The error of an answer in Google's shape; undefined when there is none. */
export const errorOf = (events: readonly unknown[]): GoogleError | undefined =>
  (events.at(-1) as { readonly error?: GoogleError } | undefined)?.error
