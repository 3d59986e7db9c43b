import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { convertText, newest, older, refusalOf } from './_rows.ts'

/** Words of the schema, so that the generator comes past the first question. */
const names =
  `type text function name arguments parameters properties id tool_calls tool_call_id function_call content role
  messages image_url url detail input_audio data format file file_data file_id filename video_url input_video custom input
  refusal extra_content google thought_signature thinking_config generation_config safety_settings tools tool_choice allowed_tools
  mode functions response_format json_schema schema modalities audio voice stream stream_options include_usage n stop seed
  temperature top_p top_k max_tokens max_completion_tokens logprobs top_logprobs presence_penalty reasoning_effort
  web_search_options service_tier extra_body image_config aspect_ratio __proto__ constructor toString model`.split(
    /\s+/,
  )
const values =
  `text user assistant tool function system developer custom image_url file input_audio required auto none a look
  google_search json_schema json_object object string audio high allowed_tools data:image/png;base64,AAAA https://example.org/a
  {} {"a":1} [ wav low`.split(/\s+/)

const { json } = fc.letrec(tie => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(fc.constantFrom(...values), fc.string()),
    fc.oneof(fc.integer({ min: -2, max: 9 }), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() }),
      tie('json'),
      {
        maxKeys: 6,
      },
    ),
  ),
}))

const message = fc.record(
  {
    role: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('user', 'assistant', 'tool', 'system', 'function') }, json),
    content: json,
    tool_calls: fc.oneof(
      fc.constant([{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }]),
      json,
    ),
    tool_call_id: fc.oneof(fc.constant('a'), json),
    function_call: json,
    name: json,
    refusal: json,
  },
  { requiredKeys: ['role'] },
)

const body = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...names), json, { maxKeys: 8 }),
    fc.oneof(fc.array(message, { maxLength: 5 }), json),
  )
  .map(([rest, messages]) => ({ ...rest, model: 'm', messages }))

const model = fc.constantFrom(newest, older, 'gemini-3.8-flash-tts', 'gemini-3.1-flash-image', 'gemma-3-27b-it', '')

describe('a body of any shape', () => {
  const check = (text: string, name: string) => {
    const circumstances = { model: name, media: { 'https://example.org/a': { mimeType: 'image/png', data: 'AAAA' } } }
    const { error } = refusalOf(() => {
      const chat = convertText(text, circumstances)
      JSON.stringify(chat.request)
      for (const path of chat.ignored) expect(path).toMatch(/^[!-~]+$/)
    })
    if (error === undefined) return
    expect(error.status).toBe(400)
    expect(error.message).not.toBe('')
    if (!error.message.startsWith('Invalid body')) expect(error.param).toMatch(/^[a-z]/)
  }

  test('is converted, or refused with the part at fault', () => {
    fc.assert(
      fc.property(body, model, (value, name) => check(JSON.stringify(value), name)),
      { numRuns: 3000, seed: 4 },
    )
  })

  test('may have members with any name, which are listed in ASCII and not without end', () => {
    const members = Array.from({ length: 200 }, (_, index) => `"\\ud800${index}":1`).join(',')
    const { ignored } = convertText(`{"model":"m","messages":[{"role":"user","content":"x"}],${members}}`)
    expect(ignored.length).toBe(101)
    expect([ignored[0], ignored.at(-1)]).toEqual(['%EF%BF%BD0', '...'])
  })

  test('has one wrong type at a time for every field, and names it', () => {
    const fields =
      `temperature top_p top_k max_tokens max_completion_tokens stop seed logprobs top_logprobs presence_penalty
      frequency_penalty response_format modalities audio reasoning_effort tools tool_choice functions function_call
      parallel_tool_calls web_search_options service_tier google extra_body stream stream_options n messages model`.split(
        /\s+/,
      )
    for (const field of fields) {
      const wrong = [5.5, 'wrong', true, [true], { wrong: true }].map(value => {
        const { error } = refusalOf(() =>
          convertText(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], [field]: value })),
        )
        return error?.param?.startsWith(field) ?? false
      })
      expect({ field, wrong: wrong.filter(isRefused => isRefused).length }).not.toEqual({ field, wrong: 0 })
    }
  })
})
