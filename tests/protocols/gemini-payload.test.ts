import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { addOwnTool } from '#src/protocols/gemini/add-own-tool.ts'
import { GeminiPayload } from '#src/protocols/gemini/payload.ts'

const payload = (text: string) => GeminiPayload.read(Buffer.from(text))
const written = (value: GeminiPayload) => value.toBytes().toString()

test('nothing added: the very bytes of the client', () => {
  const text = ' {"contents": [1.0, 1e5, 12345678901234567890, "\\u0041"],\n"contents_of": null} '
  expect(written(payload(text))).toBe(text)
})

test.each([
  ['an empty object', '{}', '{"tools":[{"x":{}}]}'],
  ['other members', '{"a":1.0}', '{"tools":[{"x":{}}],"a":1.0}'],
  ['an empty list', '{"tools":[ ]}', '{"tools":[{"x":{}} ]}'],
  ['a list', '{"tools":[{"y":1}]}', '{"tools":[{"x":{}},{"y":1}]}'],
  ['a lone object', '{"tools":{"y":1}}', '{"tools":[{"y":1},{"x":{}}]}'],
  ['null', '{"tools":null,"a":1}', '{"tools":[{"x":{}}],"a":1}'],
])('a tool is added beside %s', (_name, before, after) => {
  expect(written(payload(before).append('tools', { x: {} }))).toBe(after)
})

test.each([
  ['a missing object', '{"a":1}', '{"generationConfig":{"b":2},"a":1}'],
  ['an empty object', '{"generationConfig":{ }}', '{"generationConfig":{"b":2 }}'],
  ['an object', '{"generationConfig":{"a":1}}', '{"generationConfig":{"b":2,"a":1}}'],
  ['an object in snake case', '{"generation_config":{"a":1}}', '{"generation_config":{"b":2,"a":1}}'],
  ['what is no object at all', '{"generationConfig":7}', '{"generationConfig":7}'],
])('a member is added inside %s', (_name, before, after) => {
  expect(written(payload(before).addInside('generationConfig', 'b', 2))).toBe(after)
})

test('names are found in both spellings and with escapes', () => {
  expect(payload('{"safety_settings":[]}').has('safetySettings')).toBe(true)
  expect(payload('{"\\u0073afetySettings":[]}').has('safetySettings')).toBe(true)
  expect(payload('{"safetySettings":null}').has('safetySettings')).toBe(false)
})

test.each(['', '[', 'null', '"x"', '{', '{"a"', '{"a":', '{"a":1', '{"a":1}x', '{,}', '{"a":1,}', '{a:1}', '\u0000{}'])(
  'what is not one JSON object is refused: %j',
  text => {
    expect(() => payload(text)).toThrow(GatewayError)
  },
)

test('whatever is added to whatever object, the rest stays as it was', () => {
  const anything = fc.dictionary(
    fc.string().filter(name => !/^_*_?proto/.test(name)),
    fc.jsonValue(),
    { maxKeys: 5 },
  )
  fc.assert(
    fc.property(anything, fc.jsonValue(), (object, value) => {
      const { tools: _tools, ...rest } = object
      const text = JSON.stringify(rest)
      const changed = payload(text).append('tools', value).addInside('g', 'h', value).append('tools', 2)
      const result = JSON.parse(written(changed)) as Record<string, unknown>
      expect(result.tools).toEqual([value, 2].map(element => JSON.parse(JSON.stringify(element))))
      for (const [name, member] of Object.entries(JSON.parse(text) as object))
        if (name !== 'g') expect(result[name]).toEqual(member)
    }),
  )
})

const functions = '{"tools":[{"functionDeclarations":[{"name":"f"}]}]}'

test.each([
  ['nothing else', 'gemini-3.8-flash', '{}', '{"tools":[{"googleSearch":{}}]}'],
  [
    'functions on a model that combines them',
    'gemini-3.8-flash',
    functions,
    '{"toolConfig":{"includeServerSideToolInvocations":true},"tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f"}]}]}',
  ],
  ['functions on an older model', 'gemini-2.5-flash', functions, 'function-tools'],
  [
    'JSON output on an older model',
    'gemini-2.5-flash',
    '{"generation_config":{"response_mime_type":"application/json"}}',
    'json-output',
  ],
  ['itself', 'gemini-3.8-flash', '{"tools":[{"google_search":{}}]}', 'already-there'],
])('search is added beside %s', (_name, model, before, after) => {
  const added = addOwnTool(payload(before), model, 'googleSearch')
  expect(added.kind === 'added' ? written(added.payload) : added.reason).toBe(after)
})
