import { expect, test } from 'bun:test'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import { parseGeminiCall } from '#src/protocols/gemini/parse-call.ts'
import { Secret } from '#src/security/secret.ts'
import { upstreamUrl } from '#src/upstream/upstream-url.ts'
import { withoutSecret } from '#src/upstream/without-secret.ts'

test.each([
  ['/models', null, null, '/models'],
  ['/models/', null, null, '/models'],
  ['/models/gemini-3.8-flash', 'gemini-3.8-flash', null, '/models/gemini-3.8-flash'],
  ['/models/gemini-3.8-flash:generateContent', 'gemini-3.8-flash', 'generateContent', '/models/gemini-3.8-flash'],
  [
    '/models/gemini-3.8-flash%3AstreamGenerateContent',
    'gemini-3.8-flash',
    'streamGenerateContent',
    '/models/gemini-3.8-flash',
  ],
  ['/tunedModels/mine:generateContent', null, 'generateContent', '/tunedModels/mine'],
  ['/files/abc-1', null, null, '/files/abc-1'],
  ['/files/abc:download', null, 'download', '/files/abc'],
])('%s is understood', (path, model, method, resource) => {
  expect(parseGeminiCall('v1beta', path)).toEqual({ version: 'v1beta', model, method, resource })
})

test.each([
  '/models/..:generateContent',
  '/models/../secrets',
  '/models/%2e%2e/x',
  '/models/a%2Fb:generateContent',
  '/models/a%3Fkey=x:generateContent',
  '/models/a%23:generateContent',
  '/models/a b:generateContent',
  '/models/:generateContent',
  '/models/a:',
  '//models/x',
  '/models/a%00:generateContent',
  '/models/a%0d%0ax:generateContent',
  '/models/%zz',
  '/',
  '',
  '/models/-search:generateContent',
  '/models/a:generate/Content',
  '/models/ünï:generateContent',
])('%s is no name of anything', path => {
  expect(() => parseGeminiCall('v1beta', path)).toThrow(GatewayError)
})

test.each([
  ['https://g.example/v1beta', 'v1', '/models', '', 'https://g.example/v1/models'],
  ['https://g.example/v1beta/', 'v1beta', '/models', 'a=1', 'https://g.example/v1beta/models?a=1'],
  ['https://mirror.example/google', 'v1beta', '/models', '', 'https://mirror.example/google/models'],
])('%s for a client of %s', (base, version, path, query, expected) => {
  expect(upstreamUrl(base, version, path, query)).toBe(expected)
})

test.each([
  ['gemini-3.8-flash', { family: 'text', canSearch: true, combinesTools: true, thinking: 'level' }],
  ['gemini-2.5-flash', { family: 'text', canSearch: true, combinesTools: false, thinking: 'budget' }],
  ['gemini-3.1-flash-image', { family: 'image', canSearch: false }],
  ['gemini-3.8-flash-tts', { family: 'speech', canSearch: false }],
  ['gemini-embedding-2', { family: 'embedding', canSearch: false }],
  ['gemma-4-31b-it', { family: 'text', canSearch: false, thinking: 'level' }],
  ['gemini-4-argon', { family: 'text', canSearch: true, combinesTools: true, thinking: 'level' }],
  ['some-model-of-tomorrow', { family: 'text', canSearch: true, combinesTools: true, thinking: 'level' }],
] as const)('what %s can do', (model, expected) => {
  expect(capabilitiesOf(model)).toMatchObject(expected)
})

test('a secret is blanked out in clear and percent-encoded', () => {
  expect(withoutSecret("Consumer 'api_key:a+b/c' at ?key=a%2Bb%2Fc", new Secret('a+b/c'))).toBe(
    "Consumer 'api_key:[redacted]' at ?key=[redacted]",
  )
})
