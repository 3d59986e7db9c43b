import { expect, test } from 'bun:test'
import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Media } from '#src/protocols/openai/request/media.ts'
import { readChatRequest } from '#src/protocols/openai/request/read-chat-request.ts'
import { type GeminiChat, toGeminiRequest } from '#src/protocols/openai/request/to-gemini-request.ts'
import { call, emulatorForTests, generatePath, goodKey } from '#tests/emulator/support.ts'

export const newest = 'gemini-3.8-flash'
export const older = 'gemini-2.5-flash'

export type Circumstances = {
  readonly model?: string
  readonly media?: Readonly<Record<string, Media>>
  readonly signatures?: Readonly<Record<string, string>>
}

export type Row = Circumstances & {
  readonly says: string
  /** Fields of the body; `messages` is one user message where it is not given. */
  readonly body: Readonly<Record<string, unknown>>
  /** What goes up; `contents` may be left out where it is that one message. */
  readonly request: Readonly<Record<string, unknown>>
  readonly ignored?: readonly string[]
  readonly leftOut?: readonly string[]
  /** Google refuses it with these words, by itself. */
  readonly refused?: string
}

export type Refusal = Circumstances & {
  readonly says: string
  readonly body: Readonly<Record<string, unknown>>
  readonly param: string
  readonly words: string
}

const hello = [{ role: 'user', content: 'Hello' }]
export const helloContents = [{ role: 'user', parts: [{ text: 'Hello' }] }]

export const convertText = (text: string, circumstances: Circumstances = {}): GeminiChat =>
  toGeminiRequest(readChatRequest(Buffer.from(text)), {
    model: circumstances.model ?? newest,
    media: new Map(Object.entries(circumstances.media ?? {})),
    signatureOf: id => circumstances.signatures?.[id],
    voice: 'Kore',
  })

export const convert = (body: Readonly<Record<string, unknown>>, circumstances: Circumstances = {}): GeminiChat =>
  convertText(JSON.stringify({ model: 'whatever', messages: hello, ...body }), circumstances)

/** Every row is converted, compared, and sent to the strict emulator, which must not refuse it. */
export const testRows = (rows: readonly Row[]): void => {
  const emulator = emulatorForTests([{ secret: goodKey }])
  for (const row of rows) {
    test(row.says, async () => {
      const chat = convert(row.body, row)
      expect(JSON.parse(JSON.stringify(chat.request))).toEqual({ contents: helloContents, ...row.request })
      expect([...chat.ignored].sort()).toEqual([...(row.ignored ?? [])].sort())
      expect(chat.leftOutTools).toEqual(row.leftOut ?? [])
      const answer = await call(emulator, generatePath(row.model ?? newest), chat.request)
      if (row.refused === undefined) expect(answer).toMatchObject({ status: 200 })
      else expect(answer.json.error.message).toContain(row.refused)
    })
  }
}

export const testRefusals = (rows: readonly Refusal[]): void => {
  for (const row of rows) {
    test(row.says, () => {
      const { error } = refusalOf(() => convert(row.body, row))
      expect({ param: error?.param, code: error?.errorCode }).toEqual({ param: row.param, code: 'invalid-request' })
      expect(error?.message).toContain(row.words)
    })
  }
}

/** Anything but a GatewayError is thrown on. */
export const refusalOf = (action: () => unknown): { readonly error: GatewayError | undefined } => {
  try {
    action()
    return { error: undefined }
  } catch (error) {
    if (error instanceof GatewayError) return { error }
    throw error
  }
}
