import { clientToken, type TestGateway } from '#tests/_gateway.ts'

export type Members = Readonly<Record<string, unknown>>

/** What a gateway answered to one request, and what went up for it. */
export type Exchanged = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body of the last request upstream. */
  readonly sent: Members
  /** Where it went. */
  readonly path: string
}

const turn = (text: string) => [{ role: 'user', parts: [{ text }] }]

/** A native call; `body` is laid over a plain question. */
export const askNative = (gateway: TestGateway, model: string, body: Members = {}, method = 'generateContent') =>
  exchange(gateway, `/v1beta/models/${model}:${method}${method.startsWith('stream') ? '?alt=sse' : ''}`, {
    contents: turn('hello'),
    ...body,
  })

/** A chat completion; `body` is laid over a plain question. */
export const askOpenai = (gateway: TestGateway, model: string, body: Members = {}) =>
  exchange(gateway, '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hello' }], ...body })

/** The events of a streamed answer. */
export const eventsOf = ({ text }: Exchanged): readonly Members[] =>
  text
    .split(/\r?\n\r?\n/)
    .filter(frame => frame.startsWith('data: {'))
    .map(frame => JSON.parse(frame.slice('data: '.length)))

const exchange = async ({ url, emulator }: TestGateway, path: string, body: Members): Promise<Exchanged> => {
  emulator.clearRequests()
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const last = emulator.requests.findLast(({ method }) => method === 'POST')
  return {
    status: response.status,
    headers: response.headers,
    text,
    sent: last === undefined ? {} : JSON.parse(last.bodyText),
    path: last?.path ?? '',
  }
}
