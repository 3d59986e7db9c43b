import { describe, expect, test } from 'bun:test'
import { ask, say, sentUp, user } from './_ask.ts'
import { openai } from './_clients.ts'
import { gatewayForTests } from './_gateways.ts'

const gateway = gatewayForTests()

const picture = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
const base64 = picture.toString('base64')
const dataUrl = (mimeType: string) => `data:${mimeType};base64,${base64}`

const parts: readonly (readonly [what: string, part: object, mimeType: string])[] = [
  ['a picture', { type: 'image_url', image_url: { url: dataUrl('image/png') } }, 'image/png'],
  [
    'a picture in detail',
    { type: 'image_url', image_url: { url: dataUrl('image/webp'), detail: 'high' } },
    'image/webp',
  ],
  ['a picture by a bare address', { type: 'image_url', image_url: dataUrl('image/jpeg') }, 'image/jpeg'],
  ['sound', { type: 'input_audio', input_audio: { data: base64, format: 'wav' } }, 'audio/wav'],
  ['compressed sound', { type: 'input_audio', input_audio: { data: base64, format: 'mp3' } }, 'audio/mp3'],
  [
    'a document',
    { type: 'file', file: { filename: 'a.pdf', file_data: dataUrl('application/pdf') } },
    'application/pdf',
  ],
  ['a film', { type: 'video_url', video_url: { url: dataUrl('video/mp4') } }, 'video/mp4'],
]

describe.each([false, true])('with stream %p', stream => {
  test.each(parts)('%s arrives, with the text beside it', async (_, part, mimeType) => {
    const { content } = await say(gateway, {
      messages: [user([{ type: 'text', text: 'What is this?' }, part])],
      stream,
    })
    expect(content).toContain(`I received ${mimeType.replace('/mp3', '/mp')}`)
    expect(content).toContain('of 8 bytes')
    const [body] = sentUp(gateway)
    expect(body.contents[0].parts[1].inlineData.data).toBe(base64)
  })

  test('a picture alone needs no text', async () => {
    const image = { type: 'image_url', image_url: { url: dataUrl('image/png') } }
    expect((await say(gateway, { messages: [user([image])], stream })).content).toContain('image/png')
    sentUp(gateway)
  })

  test('a picture that the model draws comes as Markdown', async () => {
    const { content } = await say(gateway, { model: 'gemini-2.5-flash-image', messages: [user('A cat')], stream })
    expect(content).toMatch(/!\[image\]\(data:image\/png;base64,[A-Za-z0-9+/]+=*\)/)
    sentUp(gateway)
  })

  test('sources of a search are annotations, at the right characters', async () => {
    const answer = await say(gateway, { model: 'gemini-3.6-flash-search', messages: [user('Wörld 🌍?')], stream })
    expect(answer.annotations.length).toBeGreaterThan(0)
    for (const { type, url_citation } of answer.annotations) {
      expect(type).toBe('url_citation')
      const characters = [...answer.content].slice(url_citation.start_index, url_citation.end_index)
      expect(characters.join('')).toBe('You said: Wörld 🌍?')
    }
    expect(sentUp(gateway)[0].tools).toEqual([{ googleSearch: {} }])
  })

  test('code that was run is shown in fences', async () => {
    const tools = [{ type: 'code_execution' }]
    const { content } = await say(gateway, { messages: [user('Run code')], tools, stream })
    expect(content).toContain('```python\nprint(6 * 7)')
    sentUp(gateway)
  })
})

test('speech comes in the form that was asked for', async () => {
  for (const format of ['wav', 'pcm16'] as const) {
    const answer = await openai(gateway).chat.completions.create({
      model: 'gemini-2.5-flash-preview-tts',
      messages: [{ role: 'user', content: 'Good morning' }],
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format },
    })
    const data = Buffer.from(answer.choices[0]?.message.audio?.data ?? '', 'base64')
    expect(data.subarray(0, 4).toString('latin1') === 'RIFF').toBe(format === 'wav')
    expect(data.length).toBeGreaterThan(100)
  }
  expect(sentUp(gateway)[0].generationConfig.responseModalities).toEqual(['AUDIO'])
})

test('streamed speech is put together by the rules of OpenAI', async () => {
  const stream = await openai(gateway).chat.completions.create({
    model: 'gemini-2.5-flash-preview-tts',
    messages: [{ role: 'user', content: 'Good morning' }],
    modalities: ['text', 'audio'],
    audio: { voice: 'Kore', format: 'pcm16' },
    stream: true,
  })
  const pieces: string[] = []
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.audio?.data ?? '')
  expect(Buffer.concat(pieces.map(piece => Buffer.from(piece, 'base64'))).length).toBeGreaterThan(100)
  expect(sentUp(gateway)[0].generationConfig.speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName).toBe('Kore')
})

const refused: readonly (readonly [what: string, part: object])[] = [
  ['base64 that is none', { type: 'image_url', image_url: { url: 'data:image/png;base64,???' } }],
  ['a file of this machine', { type: 'image_url', image_url: { url: 'file:///etc/passwd' } }],
  ['an address of this machine', { type: 'image_url', image_url: { url: 'http://127.0.0.1:1/a.png' } }],
  ['sound in an unknown format', { type: 'input_audio', input_audio: { data: base64, format: 'opal' } }],
]

test.each(refused)('%s is refused before anything goes up', async (_, part) => {
  const { status, error } = await ask(gateway, { messages: [user([part])] })
  expect({ status, error }).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } })
  expect(error?.param).toStartWith('messages[0].content[0]')
  expect(sentUp(gateway)).toEqual([])
})
