import { expect, test } from 'bun:test'
import { addUp, answerOf, choicesOf, deltasOf, type Members, messageOf, streamOf } from './_answer.ts'

const l16 = 'audio/L16;codec=pcm;rate=24000'

const sound = (bytes: Buffer, mimeType = l16): Members => ({ inlineData: { mimeType, data: bytes.toString('base64') } })

const samples = Buffer.from([1, 0, 2, 0, 3, 0, 4, 0, 255, 127])

const bytesOf = (message: Members) => Buffer.from((message.audio as { data: string }).data, 'base64')

test('pieces of sound are joined as pcm16, and the content is null', () => {
  const answer = answerOf([sound(samples.subarray(0, 4)), sound(samples.subarray(4))])
  const [choice] = choicesOf(answer, { audioFormat: 'pcm16' })
  expect(choice).toEqual({
    index: 0,
    message: {
      role: 'assistant',
      content: null,
      refusal: null,
      audio: { id: 'audio_r1', data: samples.toString('base64'), expires_at: 1_700_000_000, transcript: '' },
    },
    logprobs: null,
    finish_reason: 'stop',
  })
})

test('wav gets a header with the rate that Google tells', () => {
  const mimeType = 'audio/L16;codec=pcm;rate=16000'
  const file = bytesOf(
    messageOf(answerOf([sound(samples.subarray(0, 4), mimeType), sound(samples.subarray(4), mimeType)]), {
      audioFormat: 'wav',
    }),
  )
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ')
  expect(file.readUInt32LE(4)).toBe(file.length - 8)
  expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual([
    1, 1, 16_000, 16,
  ])
  expect(file.subarray(44)).toEqual(samples)
})

const wav = (bytes: Buffer) => bytesOf(messageOf(answerOf([sound(bytes)]), { audioFormat: 'wav' }))

test('a wav passes as it is, two are joined to one, and either gives its samples', () => {
  const file = wav(samples)
  const part = sound(file, 'audio/wav')
  expect(bytesOf(messageOf(answerOf([part]), { audioFormat: 'wav' }))).toEqual(file)
  expect(bytesOf(messageOf(answerOf([part, part]), { audioFormat: 'wav' }))).toEqual(
    wav(Buffer.concat([samples, samples])),
  )
  expect(bytesOf(messageOf(answerOf([part]), { audioFormat: 'pcm16' }))).toEqual(samples)
})

test('pcm16 of another rate is brought to 24 kHz', () => {
  const [low, high] = [Buffer.alloc(2), Buffer.alloc(2)]
  low.writeInt16LE(-1000)
  high.writeInt16LE(1000)
  const part = sound(Buffer.concat([low, high]), 'audio/L16;rate=12000')
  const bytes = bytesOf(messageOf(answerOf([part]), { audioFormat: 'pcm16' }))
  expect([0, 2, 4, 6].map(at => bytes.readInt16LE(at))).toEqual([-1000, 0, 1000, 1000])
})

test('a stream of pcm16 goes out in pieces that can each be decoded', async () => {
  const pieces = [3, 4, 1, 2].map((length, index) => Buffer.alloc(length, index + 1))
  const events = pieces.map((piece, index) => ({
    candidates: [{ content: { parts: [sound(piece)] }, ...(index === 3 && { finishReason: 'STOP' }) }],
    responseId: 'r1',
  }))
  const text = streamOf(events, { audioFormat: 'pcm16' })
  const audio = deltasOf(text).flatMap(delta => (delta.audio === undefined ? [] : [delta.audio as Members]))
  expect(audio[0]).toMatchObject({ id: 'audio_r1', transcript: '' })
  expect(audio.filter(piece => 'id' in piece)).toHaveLength(1)
  expect(audio.at(-1)).toEqual({ expires_at: 1_700_000_000 })
  const decoded = audio.map(({ data }) => Buffer.from(String(data ?? ''), 'base64'))
  expect(Buffer.concat(decoded)).toEqual(Buffer.concat(pieces))
  expect((await addUp(text))[0]?.message.audio).toEqual({
    id: 'audio_r1',
    data: Buffer.concat(pieces).toString('base64'),
    transcript: '',
    expires_at: 1_700_000_000,
  })
})

test('a stream of wav is one file, written when its length is known', async () => {
  const events = [0, 4].map(start => ({
    candidates: [{ content: { parts: [sound(samples.subarray(start, start === 0 ? 4 : 10))] }, finishReason: 'STOP' }],
  }))
  const [choice] = await addUp(streamOf(events, { audioFormat: 'wav' }))
  expect(bytesOf(choice?.message ?? {})).toEqual(wav(samples))
})

test('sound that nobody asked for is a link that plays', () => {
  const content = String(messageOf(answerOf([sound(samples)])).content)
  expect(content).toBe(`[audio](data:audio/wav;base64,${wav(samples).toString('base64')})`)
})
