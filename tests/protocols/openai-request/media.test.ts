import { describe, expect, test } from 'bun:test'
import { readChatRequest } from '#src/protocols/openai/request/read-chat-request.ts'
import { remoteMediaOf } from '#src/protocols/openai/request/remote-media.ts'
import { older, refusalOf, testRefusals, testRows } from './_rows.ts'

const says = (...content: readonly unknown[]) => ({ messages: [{ role: 'user', content }] })
const contents = (...parts: readonly unknown[]) => ({ contents: [{ role: 'user', parts }] })
const inline = (mimeType: string, data = 'AAAA') => ({ inlineData: { mimeType, data } })
const picture = (url: string, rest: object = {}) => ({ type: 'image_url', image_url: { url, ...rest } })
const png = 'data:image/png;base64,AAAA'
const remote = 'https://example.org/cat?size=1'
const google = 'https://generativelanguage.googleapis.com/v1beta/files/abc-123'
const youTube = 'https://www.youtube.com/watch?v=dQw4w9WgXcQ'
const high = { mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' } }

describe('pictures, sounds, films and files', () => {
  testRows([
    {
      says: 'stand among the texts',
      body: says({ type: 'text', text: 'See' }, picture(png), { type: 'text', text: 'and' }),
      request: contents({ text: 'See' }, inline('image/png'), { text: 'and' }),
    },
    {
      says: 'may be a plain address',
      body: says({ type: 'image_url', image_url: png }),
      request: contents(inline('image/png')),
    },
    {
      says: 'have types that Google knows',
      body: says(picture('DATA:image/JPG;charset=x;BASE64,AAAA')),
      request: contents(inline('image/jpeg')),
    },
    {
      says: 'may hold white space',
      body: says(picture('data:image/png;base64,AA\r\nA A==')),
      request: contents(inline('image/png', 'AAAA==')),
    },
    {
      says: 'may be percent-encoded base64',
      body: says(picture('data:image/png;base64,AA%2B%2Fgw%3D%3D')),
      request: contents(inline('image/png', 'AA+/gw==')),
    },
    {
      says: 'may be percent-encoded bytes',
      body: says({ type: 'file', file: { file_data: 'data:text/plain,a%20%FFb' } }),
      request: contents(inline('text/plain', 'YSD/Yg==')),
    },
    {
      says: 'are what their bytes say where they say nothing themselves',
      body: says(picture('data:application/octet-stream;base64,/9j/AAAA')),
      request: contents(inline('image/jpeg', '/9j/AAAA')),
    },
    {
      says: 'have a resolution of their own',
      body: says(
        picture(png, { detail: 'high' }),
        picture(png, { detail: 'auto' }),
        picture(png, { detail: 'low' }),
        picture(png, { detail: 'original' }),
      ),
      request: contents(
        { ...inline('image/png'), ...high },
        inline('image/png'),
        { ...inline('image/png'), mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } },
        { ...inline('image/png'), mediaResolution: { level: 'MEDIA_RESOLUTION_ULTRA_HIGH' } },
      ),
    },
    {
      says: 'have none on older models',
      model: older,
      body: says(picture(png, { detail: 'high' })),
      request: contents(inline('image/png')),
      ignored: ['messages[].content[].image_url.detail'],
    },
    {
      says: 'were fetched where they are remote',
      media: { [remote]: { mimeType: 'image/jpg; x=y', data: 'BBBB' } },
      body: says(picture(remote)),
      request: contents(inline('image/jpeg', 'BBBB')),
    },
    {
      says: 'are fetched by Google where they are films of YouTube',
      body: says({ type: 'video_url', video_url: { url: youTube } }, picture('https://youtu.be/abc')),
      request: contents({ fileData: { fileUri: youTube } }, { fileData: { fileUri: 'https://youtu.be/abc' } }),
    },
    {
      says: "are fetched by Google where they are its own files, which are another project's here",
      body: says({ type: 'file', file: { file_id: google, format: 'audio/x-wav' } }),
      request: contents({ fileData: { mimeType: 'audio/wav', fileUri: google } }),
      refused: 'You do not have permission to access the File',
    },
    ...['wav', 'mp3', 'flac', 'ogg', 'aac', 'aiff', 'm4a'].map(format => ({
      says: `may be sound as ${format}`,
      body: says({ type: 'input_audio', input_audio: { data: 'AAAA', format } }),
      request: contents(inline(`audio/${format}`)),
    })),
    {
      says: 'may be sound as webm, which is no film',
      body: says({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'webm' } }),
      request: contents(inline('audio/webm')),
    },
    {
      says: 'may be sound in a data URL',
      body: says({ type: 'input_audio', input_audio: { data: 'data:audio/x-wav;base64,AAAA' } }),
      request: contents(inline('audio/wav')),
    },
    {
      says: 'may be a file by its name',
      body: says({ type: 'file', file: { file_data: 'AAAA', filename: 'a.b.PDF' } }),
      request: contents(inline('application/pdf')),
    },
    {
      says: 'need no name of a file that tells its type',
      body: says({ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } }),
      request: contents(inline('application/pdf')),
      ignored: ['messages[].content[].file.filename'],
    },
    {
      says: 'may be films',
      body: says(
        { type: 'video_url', video_url: 'data:video/mp4;base64,AAAA' },
        { type: 'input_video', input_video: { data: 'AAAA', format: 'webm' } },
      ),
      request: contents(inline('video/mp4'), inline('video/webm')),
    },
    {
      says: "may be pictures of the model's own",
      body: {
        messages: [
          { role: 'user', content: 'Draw' },
          { role: 'assistant', content: [picture(png)] },
          { role: 'user', content: 'Again' },
        ],
      },
      request: {
        contents: [
          { role: 'user', parts: [{ text: 'Draw' }] },
          { role: 'model', parts: [inline('image/png')] },
          { role: 'user', parts: [{ text: 'Again' }] },
        ],
      },
    },
  ])

  const at = 'messages[0].content[0]'
  const refuse = (name: string, part: unknown, param: string, words: string) => ({
    says: name,
    body: says(part),
    param: `${at}.${param}`,
    words,
  })
  testRefusals([
    refuse('are refused without an address', { type: 'image_url' }, 'image_url', 'Missing'),
    refuse('are refused with an empty address', picture(''), 'image_url.url', 'empty'),
    refuse(
      'are refused with a number for an address',
      { type: 'image_url', image_url: { url: 5 } },
      'image_url.url',
      'expected a string',
    ),
    refuse('are refused as a list', { type: 'image_url', image_url: [] }, 'image_url', 'expected an object'),
    refuse(
      'are refused from a disk',
      picture('file:///etc/passwd'),
      'image_url.url',
      'expected an http(s) URL or a data URL',
    ),
    refuse('are refused from nowhere', picture('cat.png'), 'image_url.url', 'expected an http(s) URL or a data URL'),
    refuse('are refused where they could not be fetched', picture(remote), 'image_url.url', 'could not be fetched'),
    refuse(
      'are refused in a data URL without data',
      picture('data:image/png;base64,'),
      'image_url.url',
      'holds no data',
    ),
    refuse('are refused in a data URL without a comma', picture('data:image/png;base64'), 'image_url.url', 'must be'),
    refuse('are refused as bad base64', picture('data:image/png;base64,A*AA'), 'image_url.url', 'Invalid base64'),
    refuse('are refused as cut base64', picture('data:image/png;base64,AAAAA'), 'image_url.url', 'Invalid base64'),
    refuse(
      'are refused at an unknown detail',
      picture(png, { detail: 'huge' }),
      'image_url.detail',
      "'auto', 'low', 'high', and 'original'",
    ),
    refuse(
      'are refused as sound without a form',
      { type: 'input_audio', input_audio: { data: 'AAAA' } },
      'input_audio.format',
      'Missing',
    ),
    refuse(
      'are refused as sound of an unknown form',
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'midi' } },
      'input_audio.format',
      "'wav', 'mp3'",
    ),
    refuse(
      'are refused as a silent sound',
      { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
      'input_audio.data',
      'empty',
    ),
    refuse('are refused as a file that is none', { type: 'file', file: {} }, 'file.file_data', 'Missing'),
    refuse(
      'are refused as a file of unknown type',
      { type: 'file', file: { file_data: 'AAAA', filename: 'a.xyz' } },
      'file.file_data',
      'type of the file is not known',
    ),
    refuse(
      'are refused as an uploaded file',
      { type: 'file', file: { file_id: 'file-abc' } },
      'file.file_id',
      'not served here yet',
    ),
    refuse(
      'are refused as a file elsewhere by id',
      { type: 'file', file: { file_id: 'https://example.org/files/a' } },
      'file.file_id',
      'not served here yet',
    ),
  ])
})

describe('remote media', () => {
  const of = (body: object) => remoteMediaOf(readChatRequest(Buffer.from(JSON.stringify({ model: 'm', ...body }))))

  test('is found in all messages, once by address, and left to Google where that fetches itself', () => {
    const messages = [
      { role: 'system', content: 'x' },
      {
        role: 'user',
        content: [picture(remote), picture(png), picture(youTube), picture(google), { type: 'text', text: remote }],
      },
      { role: 'assistant', content: null, tool_calls: [] },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [picture(remote), { type: 'image_url', image_url: 'http://a.example/b' }],
      },
      {
        role: 'user',
        content: [
          { type: 'video_url', video_url: { url: 'https://a.example/film' } },
          { type: 'file', file: { file_data: 'https://a.example/paper.pdf' } },
          { type: 'input_audio', input_audio: { data: 'https://a.example/song', format: 'mp3' } },
        ],
      },
    ]
    expect(of({ messages })).toEqual([
      { url: remote, kind: 'image', param: 'messages[1].content[0].image_url.url' },
      { url: 'http://a.example/b', kind: 'image', param: 'messages[3].content[1].image_url' },
      { url: 'https://a.example/film', kind: 'video', param: 'messages[4].content[0].video_url.url' },
      { url: 'https://a.example/paper.pdf', kind: 'file', param: 'messages[4].content[1].file.file_data' },
      { url: 'https://a.example/song', kind: 'audio', param: 'messages[4].content[2].input_audio.data' },
    ])
  })

  test('is not looked for in what is no message, and refused where it could not be converted', () => {
    expect(of({ messages: [5, null, { content: 5 }, { content: [5, null, {}, { type: 5 }] }] })).toEqual([])
    const { error } = refusalOf(() => of({ messages: [{ role: 'user', content: [picture('ftp://a.example/b')] }] }))
    expect(error?.param).toBe('messages[0].content[0].image_url.url')
  })

  test('passes for YouTube only where it is a film of YouTube', () => {
    const remoteOnes = [
      'https://www.youtube.com.example.org/watch?v=a',
      'https://example.org/www.youtube.com/watch?v=a',
      'https://www.youtube.com/logo.png',
      'https://generativelanguage.googleapis.com.example.org/v1beta/files/a',
    ]
    expect(
      of({ messages: [{ role: 'user', content: remoteOnes.map(url => picture(url)) }] }).map(({ url }) => url),
    ).toEqual(remoteOnes)
  })
})
