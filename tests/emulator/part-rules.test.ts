import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath, says } from './support.ts'

const emulator = emulatorForTests()

const answerTo = async (body: unknown) => {
  const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), body)
  return status === 200 ? 'accepted' : json.error.message
}

const picture = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
const part = (...parts: object[]) => ({ contents: [{ role: 'user', parts }] })
const type = (name: string) => `type.googleapis.com/google.ai.generativelanguage.v1beta.${name}`

describe('a part or a field is refused for', () => {
  test.each([
    [
      'a resolution nobody knows',
      part({ ...picture, mediaResolution: { level: 'MEDIA_RESOLUTION_TINY' } }),
      `Invalid value at 'contents[0].parts[0].media_resolution.level' (${type('MediaResolution.Level')}), "MEDIA_RESOLUTION_TINY"`,
    ],
    [
      'data that is not base64',
      part({ inlineData: { mimeType: 'image/png', data: 'no!' } }),
      `Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed for "no!"`,
    ],
    [
      'two kinds of data',
      part({ text: 'a', ...picture }),
      `Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. Cannot set 'inlineData'`,
    ],
    [
      'an unknown service tier',
      { ...says('a'), serviceTier: 'scale' },
      `Invalid value at 'service_tier' (${type('ServiceTier')}), "scale"`,
    ],
    [
      'a seed of 64 bits',
      { ...says('a'), generationConfig: { seed: 99999999999 } },
      "Invalid value at 'generation_config.seed' (TYPE_INT32), 99999999999",
    ],
    [
      'mode ANY without a function',
      { ...says('a'), toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
      'Function calling config is set without function_declarations.',
    ],
  ])('%s', async (_name, body, message) => {
    expect(await answerTo(body)).toBe(message)
  })
})

test('each picture may have a resolution of its own', async () => {
  const body = part({ text: 'a' }, { ...picture, mediaResolution: { level: 'MEDIA_RESOLUTION_ULTRA_HIGH' } })
  expect(await answerTo(body)).toBe('accepted')
})

describe('media', () => {
  const refusal = (mimeType: string) => answerTo(part({ inlineData: { mimeType, data: 'AAAA' } }))

  test.each([
    'text/html',
    'text/html; charset=utf-8',
    'text/plain; charset=utf-8',
    'image/svg+xml',
    'image/png;x',
    'application/octet-stream',
    'application/msword',
    'image',
  ])('of the type %s are refused', async mimeType => {
    expect(await refusal(mimeType)).toBe(`Unsupported MIME type: ${mimeType}`)
  })

  test.each([
    'image/png',
    'image/JPEG',
    'audio/mpeg',
    'audio/L16;rate=24000',
    'video/mp4',
    'text/markdown',
    'application/pdf',
  ])('of the type %s are accepted', async mimeType => {
    expect(await refusal(mimeType)).toBe('accepted')
  })
})
