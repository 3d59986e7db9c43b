import { afterAll } from 'bun:test'
import { type Emulator, type EmulatorKey, type EmulatorOptions, startEmulator } from '#src/emulator/emulator.ts'

export const goodKey = 'AQ.emulator-test-key-that-is-good'

/** An emulator that stops after the tests of the file. */
export const emulatorForTests = (
  keys: readonly EmulatorKey[] = [{ secret: goodKey }],
  options: Omit<EmulatorOptions, 'keys'> = {},
): Emulator => {
  const emulator = startEmulator({ ...options, keys })
  afterAll(() => emulator.stop())
  return emulator
}

export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire says, whatever its shape
  readonly json: any
}

export type CallOptions = { readonly key?: string; readonly method?: string; readonly headers?: Record<string, string> }

/** One request with the key in its header; a text body goes out as it is. */
export const call = async (
  emulator: Emulator,
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<Answered> => {
  const response = await fetch(emulator.url + path, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'x-goog-api-key': options.key ?? goodKey, ...options.headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

export const generatePath = (model: string) => `/v1beta/models/${model}:generateContent`
export const streamPath = (model: string) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`

export const says = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] })

/** The JSON of the events of an SSE body. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what the wire says, whatever its shape
export const eventsOf = (body: string): readonly any[] =>
  body
    .split('\r\n\r\n')
    .filter(event => event !== '')
    .map(event => JSON.parse(event.replace(/^data: /, '')))

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
