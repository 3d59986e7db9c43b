import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { askNative, askOpenai, eventsOf, type Members } from './_plugin-kit.ts'

const links =
  '\n\n---\n\n**Sources**\n\n' +
  '- [example.com](https://vertexaisearch.cloud.google.com/grounding-api-redirect/emulated-source-1)\n' +
  '- [example.org](https://vertexaisearch.cloud.google.com/grounding-api-redirect/emulated-source-2)\n'

const declared = [{ functionDeclarations: [{ name: 'f', description: 'does' }] }]
const openaiTools = [{ type: 'function', function: { name: 'f', description: 'does' } }]
const openaiSearch = { type: 'function', function: { name: 'googleSearch' } }

type Answer = {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly { readonly text?: string; readonly thoughtSignature?: string }[] }
    readonly finishReason?: string
    readonly groundingMetadata?: { readonly groundingSupports: readonly { readonly segment: Members }[] }
  }[]
}

const partsOf = (answer: unknown) => (answer as Answer).candidates[0]?.content.parts ?? []

describe('as it comes', () => {
  let gateway: LocalGateway
  beforeAll(async () => {
    gateway = await startGateway({ settings: { SHOW_THINKING_PROCESS: 'false' } })
  })
  afterAll(() => gateway.stop())

  test('a native answer ends with its sources, behind a text that stays as it was', async () => {
    const plain = await askNative(gateway, 'gemini-3.8-flash', { tools: [{ googleSearch: {} }] })
    const cited = await askNative(gateway, 'gemini-3.8-flash-search')
    expect([plain.headers.get('x-gemini-balance-search'), cited.headers.get('x-gemini-balance-search')]).toEqual([
      null,
      'on',
    ])
    expect(cited.sent.tools).toEqual([{ googleSearch: {} }])
    const before = JSON.parse(plain.text)
    const after = JSON.parse(cited.text)
    expect(partsOf(after)).toEqual([...partsOf(before), { text: links }])
    expect(after.candidates[0].groundingMetadata).toEqual(before.candidates[0].groundingMetadata)
    const { endIndex, text } = after.candidates[0].groundingMetadata.groundingSupports[0].segment
    expect(Buffer.from(partsOf(after)[0]?.text ?? '').toString('utf8', 0, endIndex)).toBe(text)
  })

  test('a native stream ends with its sources, once, where its reason to end is', async () => {
    const cited = await askNative(gateway, 'gemini-3.8-flash-search', {}, 'streamGenerateContent')
    const events = eventsOf(cited) as unknown as Answer[]
    expect(events.filter(event => partsOf(event).some(({ text }) => text?.includes('**Sources**')))).toHaveLength(1)
    const last = events.find(({ candidates }) => candidates[0]?.finishReason === 'STOP')
    expect(partsOf(last).at(-1)).toEqual({ text: links })
    expect(partsOf(last).at(-2)?.thoughtSignature).toBeString()
  })

  test.each([
    ['gemini-3.8-flash-search', {}],
    ['gemini-3.8-flash', { tools: [openaiSearch] }],
    ['gemini-3.8-flash', { web_search_options: {} }],
    ['gemini-2.5-flash-search', {}],
  ])('an OpenAI client of %s with %j gets them too, whole and streamed', async (model, body) => {
    const whole = await askOpenai(gateway, model, body)
    expect(whole.sent.tools).toEqual([{ googleSearch: {} }])
    expect(whole.headers.get('x-gemini-balance-search')).toBe('on')
    expect(JSON.parse(whole.text).choices[0].message.content).toEndWith(links)
    const stream = await askOpenai(gateway, model, { ...body, stream: true })
    const content = eventsOf(stream)
      .flatMap(({ choices }) => choices as { delta: { content?: string } }[])
      .map(({ delta }) => delta.content ?? '')
      .join('')
    expect(content).toEndWith(links)
    expect(content.indexOf(links)).toBe(content.length - links.length)
  })

  test('each of several choices has its own', async () => {
    const { text } = await askOpenai(gateway, 'gemini-3.8-flash-search', { n: 2, stream: true })
    const byChoice = ['', '']
    for (const { choices } of eventsOf(JSON.parse(JSON.stringify({ text })))) {
      for (const { index, delta } of choices as { index: number; delta: { content?: string } }[]) {
        byChoice[index] += delta.content ?? ''
      }
    }
    for (const content of byChoice) expect(content.split('**Sources**')).toHaveLength(2)
  })

  test('structured output is not spoiled by links', async () => {
    const generationConfig = { responseMimeType: 'application/json' }
    const native = await askNative(gateway, 'gemini-3.8-flash-search', { generationConfig })
    expect(native.headers.get('x-gemini-balance-search')).toBe('on')
    expect(native.text).not.toContain('**Sources**')
    const openai = await askOpenai(gateway, 'gemini-3.8-flash-search', { response_format: { type: 'json_object' } })
    expect(() => JSON.parse(JSON.parse(openai.text).choices[0].message.content)).not.toThrow()
  })

  test('an answer that calls a function has no links', async () => {
    const { text } = await askNative(gateway, 'gemini-3.8-flash-search', {
      tools: declared,
      contents: [{ role: 'user', parts: [{ text: 'call f' }] }],
    })
    expect(text).toContain('functionCall')
    expect(text).not.toContain('**Sources**')
  })

  test.each([
    ['gemini-3.8-flash-search', 'on', [{ googleSearch: {} }, ...declared]],
    ['gemini-2.5-flash-search', 'off; function-tools', declared],
  ])('%s beside functions of a native client: %s', async (model, header, tools) => {
    const { status, headers, sent } = await askNative(gateway, model, { tools: declared })
    expect([status, headers.get('x-gemini-balance-search'), sent.tools]).toEqual([200, header, tools])
  })

  test.each([
    ['gemini-3.8-flash-search', 'on', true],
    ['gemini-2.5-flash-search', 'off; function-tools', false],
  ])('%s beside functions of an OpenAI client: %s', async (model, header, isCombined) => {
    const { status, headers, sent } = await askOpenai(gateway, model, { tools: openaiTools })
    expect([status, headers.get('x-gemini-balance-search')]).toEqual([200, header])
    expect((sent.tools as Members[]).some(tool => 'googleSearch' in tool)).toBe(isCombined)
    expect((sent.toolConfig as Members | undefined)?.includeServerSideToolInvocations).toBe(isCombined || undefined)
  })

  test.each([
    [{ generationConfig: { response_mime_type: 'application/json' } }, 'off; json-output'],
    [
      { contents: [{ role: 'user', parts: [{ text: 'a' }] }], cachedContent: 'cachedContents/a' },
      'off; cached-content',
    ],
    [{ tools: [{ google_search: {} }] }, 'on'],
  ])('gemini-2.5-flash-search with %j: %s', async (body, header) => {
    const { headers, sent } = await askNative(gateway, 'gemini-2.5-flash-search', body)
    expect(headers.get('x-gemini-balance-search')).toBe(header)
    expect(sent.tools).toEqual((body as Members).tools)
  })

  test('a conversation in which functions were called goes on without a search on a model that cannot do both', async () => {
    const contents = [
      { role: 'user', parts: [{ text: 'a' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
    ]
    const { headers } = await askNative(gateway, 'gemini-2.5-flash-search', { contents })
    expect(headers.get('x-gemini-balance-search')).toBe('off; function-tools')
  })
})

test('without SHOW_SEARCH_LINK there are no links, and a native answer comes to the byte', async () => {
  const gateway = await startGateway({ settings: { SHOW_SEARCH_LINK: 'false' } })
  try {
    const plain = await askNative(gateway, 'gemini-3.8-flash', { tools: [{ googleSearch: {} }] })
    const searched = await askNative(gateway, 'gemini-3.8-flash-search')
    expect(searched.text.replace(/"responseId": "[^"]*"/, '')).toBe(plain.text.replace(/"responseId": "[^"]*"/, ''))
    expect((await askOpenai(gateway, 'gemini-3.8-flash-search')).text).not.toContain('Sources')
  } finally {
    await gateway.stop()
  }
})
