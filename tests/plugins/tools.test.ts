import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { askNative, askOpenai, type Members } from './_plugin-kit.ts'

const own = (...names: readonly string[]) => names.map(name => ({ [name]: {} }))
const declared = [{ functionDeclarations: [{ name: 'f', description: 'does' }] }]
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='

const told = ({ headers }: { readonly headers: Headers }) => [
  headers.get('x-gemini-balance-code-execution'),
  headers.get('x-gemini-balance-url-context'),
]

describe('with both tools switched on', () => {
  let gateway: LocalGateway
  beforeAll(async () => {
    gateway = await startGateway({
      settings: { TOOLS_CODE_EXECUTION_ENABLED: 'true', URL_CONTEXT_ENABLED: 'true' },
    })
  })
  afterAll(() => gateway.stop())

  const media = [{ role: 'user', parts: [{ text: 'a' }, { inline_data: { mime_type: 'image/png', data: picture } }] }]
  test.each<[string, Members, string | null, string | null, unknown]>([
    ['gemini-3.8-flash', {}, 'on', 'on', own('codeExecution', 'urlContext')],
    ['gemini-2.5-flash', {}, 'on', 'on', own('codeExecution', 'urlContext')],
    ['gemini-3.8-flash-non-thinking', {}, 'on', 'on', own('codeExecution', 'urlContext')],
    ['gemini-3.8-flash-search', {}, 'off; search', 'on', own('googleSearch', 'urlContext')],
    ['gemini-3.8-flash', { tools: declared }, 'off; function-tools', 'off; function-tools', declared],
    ['gemini-2.5-flash', { tools: declared }, 'off; function-tools', 'off; function-tools', declared],
    [
      'gemini-3.8-flash',
      { tools: [{ google_search: {} }] },
      'off; search',
      'on',
      [{ urlContext: {} }, { google_search: {} }],
    ],
    ['gemini-3.8-flash', { tools: [{ googleMaps: {} }] }, 'off; other-tools', 'off; other-tools', own('googleMaps')],
    ['gemini-3.8-flash', { tools: own('codeExecution') }, 'on', 'on', own('urlContext', 'codeExecution')],
    ['gemini-3.8-flash', { contents: media }, 'off; media', 'on', own('urlContext')],
    [
      'gemini-3.8-flash',
      { generationConfig: { responseMimeType: 'application/json' } },
      'on',
      'on',
      own('codeExecution', 'urlContext'),
    ],
    [
      'gemini-2.5-flash',
      { generationConfig: { responseMimeType: 'application/json' } },
      'off; json-output',
      'off; json-output',
      undefined,
    ],
    [
      'gemini-2.5-flash',
      { generationConfig: { responseMimeType: 'text/plain' } },
      'on',
      'on',
      own('codeExecution', 'urlContext'),
    ],
    ['gemini-3.1-flash-image', {}, null, null, undefined],
    ['gemma-4-31b-it', {}, null, null, undefined],
  ])('a native client of %s with %j: %s, %s', async (model, body, code, url, tools) => {
    const exchanged = await askNative(gateway, model, body)
    expect([exchanged.status, ...told(exchanged), exchanged.sent.tools]).toEqual([200, code, url, tools])
  })

  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }
  test.each<[string, Members, string | null, string | null, unknown]>([
    ['gemini-3.8-flash', {}, 'on', 'on', own('codeExecution', 'urlContext')],
    ['gemini-2.5-flash', {}, 'on', 'on', own('codeExecution', 'urlContext')],
    ['gemini-3.8-flash-search', {}, 'off; search', 'on', own('googleSearch', 'urlContext')],
    [
      'gemini-3.8-flash',
      { tools: [{ type: 'function', function: { name: 'googleSearch' } }] },
      'off; search',
      'on',
      own('googleSearch', 'urlContext'),
    ],
    ['gemini-3.8-flash', { messages: [{ role: 'user', content: [image] }] }, 'off; media', 'on', own('urlContext')],
    ['gemini-3.8-flash', { response_format: { type: 'json_object' } }, 'on', 'on', own('codeExecution', 'urlContext')],
    [
      'gemini-2.5-flash',
      { response_format: { type: 'json_object' } },
      'off; json-output',
      'off; json-output',
      undefined,
    ],
  ])('an OpenAI client of %s with %j: %s, %s', async (model, body, code, url, tools) => {
    const exchanged = await askOpenai(gateway, model, body)
    expect([exchanged.status, ...told(exchanged), exchanged.sent.tools]).toEqual([200, code, url, tools])
  })

  test('functions of an OpenAI client stay alone', async () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    const exchanged = await askOpenai(gateway, 'gemini-3.8-flash', { tools })
    expect([exchanged.status, ...told(exchanged)]).toEqual([200, 'off; function-tools', 'off; function-tools'])
    expect(exchanged.sent.tools).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
  })
})

test('without the settings nothing is added and nothing is told', async () => {
  const gateway = await startGateway()
  try {
    for (const ask of [askNative, askOpenai]) {
      const exchanged = await ask(gateway, 'gemini-3.8-flash')
      expect([...told(exchanged), exchanged.sent.tools]).toEqual([null, null, undefined])
    }
  } finally {
    await gateway.stop()
  }
})
