import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { repairPath } from '#src/web/repair-path.ts'

const chat = '/v1/chat/completions'
const generate = '/v1beta/models/gemini-3.8-flash:generateContent'

test.each([
  // A doubled, missing or foreign base.
  ['POST', '/v1/v1/chat/completions', chat],
  ['POST', '/V1/Chat/Completions', chat],
  ['POST', '/v1/chat/completions/', chat],
  ['POST', '//v1//chat/completions', chat],
  ['POST', '/chat/completions', chat],
  ['POST', '/api/v1/chat/completions', chat],
  ['POST', '/gemini/chat/completions', chat],
  ['POST', '/gemini/v1beta/chat/completions', chat],
  ['POST', '/v1beta/chat/completions', chat],
  ['POST', '/foo/v1/chat/completions', chat],
  ['POST', '/foo/chat/completions', chat],
  ['POST', '/v1/chat/completions/chat/completions', chat],
  ['OPTIONS', '/v1/v1/chat/completions', chat],
  ['POST', '/hf/chat/completions', '/hf/v1/chat/completions'],
  ['POST', '/hf/v1/v1/chat/completions', '/hf/v1/chat/completions'],
  ['POST', '/openai/chat/completions', '/openai/v1/chat/completions'],
  ['POST', '/openai/v1/v1/chat/completions', '/openai/v1/chat/completions'],
  ['POST', '/v1/openai/chat/completions', '/openai/v1/chat/completions'],
  ['POST', '/v1beta/openai//chat/completions', '/v1beta/openai/chat/completions'],
  ['POST', '/vertex-express/chat/completions', '/vertex-express/v1/chat/completions'],
  ['POST', '/vertex-express/v1beta/openai/chat/completions', '/vertex-express/v1/chat/completions'],
  // OpenAI's other calls.
  ['POST', '/embeddings', '/v1/embeddings'],
  ['POST', '/v1/v1/embeddings', '/v1/embeddings'],
  ['POST', '/openai/images/generations', '/openai/v1/images/generations'],
  ['POST', '/v1/v1/audio/speech', '/v1/audio/speech'],
  ['POST', '/audio/transcriptions', '/v1/audio/transcriptions'],
  ['GET', '/v1/v1/models', '/v1/models'],
  ['GET', '/models', '/v1/models'],
  ['GET', '/v1/chat/completions/models', '/v1/models'],
  ['GET', '/openai/models', '/openai/v1/models'],
  ['GET', '/v1/models/models/gemini-3.8-flash', '/v1/models/gemini-3.8-flash'],
  // Gemini's.
  ['POST', '/v1/v1beta/models/gemini-3.8-flash:generateContent', generate],
  ['POST', '/v1beta/v1beta/models/gemini-3.8-flash:generateContent', generate],
  ['POST', '/v1beta/models/models/gemini-3.8-flash:generateContent', generate],
  ['POST', '/v1beta/gemini-3.8-flash:generateContent', generate],
  ['POST', '/v1beta/models/gemini-3.8-flash/generateContent', generate],
  ['POST', '/v1beta/models/gemini-3.8-flash:generatecontent', generate],
  ['POST', '/models/gemini-3.8-flash:generateContent', generate],
  ['POST', '/foo/v1beta/models/gemini-3.8-flash:generateContent', generate],
  ['POST', '/openai/v1/models/gemini-3.8-flash:generateContent', generate],
  ['POST', '/v1/publishers/google/models/gemini-x:countTokens', '/v1/models/gemini-x:countTokens'],
  ['POST', '/v1beta/v1beta/models/x:countTokens', '/v1beta/models/x:countTokens'],
  ['POST', '/v1beta/v1beta/models/x:embedContent', '/v1beta/models/x:embedContent'],
  ['POST', '/v1beta/v1beta/models/x:batchEmbedContents', '/v1beta/models/x:batchEmbedContents'],
  ['POST', '/v1beta/v1beta/models/x:predictLongRunning', '/v1beta/models/x:predictLongRunning'],
  ['POST', '/gemini/v1beta/v1beta/models/x:streamGenerateContent', '/gemini/v1beta/models/x:streamGenerateContent'],
  ['POST', '/vertex-express/models/x:generateContent', '/vertex-express/v1beta/models/x:generateContent'],
  ['GET', '/v1beta/v1beta/models', '/v1beta/models'],
  ['GET', '/gemini/models', '/gemini/v1beta/models'],
  ['GET', '/v1/v1beta/models/gemini-3.8-flash', '/v1beta/models/gemini-3.8-flash'],
  ['GET', '/v1beta/models/models/gemini-3.8-flash', '/v1beta/models/gemini-3.8-flash'],
  // What else Google has.
  ['GET', '/v1beta/v1beta/cachedContents/abc', '/v1beta/cachedContents/abc'],
  ['POST', '/v1/v1beta/files:register', '/v1beta/files:register'],
])('%s %s is meant to be %s', (method, path, meant) => {
  expect(repairPath(method, path)).toBe(meant)
})

test.each([
  // Right as they are.
  ['POST', chat],
  ['POST', '/hf/v1/chat/completions'],
  ['POST', '/openai/v1/chat/completions'],
  ['POST', '/v1beta/openai/chat/completions'],
  ['GET', '/v1beta/openai/models'],
  ['POST', '/vertex-express/v1/embeddings'],
  ['POST', generate],
  ['POST', '/v1beta/models/x%3AgenerateContent'],
  ['POST', '/v1/models/gemini-x:generateContent'],
  ['POST', '/gemini/v1beta/models/x:countTokens'],
  ['POST', '/gemini/v1/models/x:embedContent'],
  ['POST', '/v1alpha/models/x:batchEmbedContents'],
  ['POST', '/v1beta/models/x:inventedTomorrow'],
  ['GET', '/v1beta/models/gemini-3.8-flash'],
  ['GET', '/gemini/v1beta/models'],
  ['GET', '/v1/models/gemini-3.8-flash'],
  ['GET', '/v1beta/models/x/operations/y'],
  ['POST', '/v1beta/tunedModels/x:generateContent'],
  ['POST', '/v1beta/fileSearchStores/x/documents/y:query'],
  ['POST', '/v1beta/files:register'],
  ['POST', '/upload/v1beta/files'],
  ['GET', '/v1beta/cachedContents/abc'],
  ['GET', '//ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'],
  // The dashboard's and the program's own.
  ['GET', '/'],
  ['GET', '/keys'],
  ['GET', '/keys/'],
  ['POST', '/keys/models'],
  ['GET', '/keys/models'],
  ['GET', '/api/keys'],
  ['GET', '/api/models'],
  ['POST', '/api/chat/completions'],
  ['POST', '/api/keys/embeddings'],
  ['GET', '/static/app.css'],
  ['GET', '/health'],
  ['GET', '/embeddings'],
  // Nobody knows what was meant.
  ['POST', '/v1/completions'],
  ['POST', '/v1beta/models'],
  ['POST', '/models'],
  ['POST', '/v1beta'],
  ['GET', '/models/a/b'],
  ['POST', `${'/v1'.repeat(30)}/chat/completions`],
])('%s %s is left alone', (method, path) => {
  expect(repairPath(method, path)).toBeNull()
})

test('what was repaired once needs no other repair', () => {
  const words = ['v1', 'v1beta', 'V1', 'openai', 'hf', 'gemini', 'vertex-express', 'api', 'chat', 'completions', '']
  const ends = [
    'models',
    'x',
    'x:generateContent',
    'x:other',
    'generatecontent',
    'embeddings',
    'audio',
    'speech',
    'foo',
  ]
  const path = fc.array(fc.constantFrom(...words, ...ends), { maxLength: 8 }).map(parts => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'OPTIONS'), path, (method, wrong) => {
      const repaired = repairPath(method, wrong)
      if (repaired === null) return
      expect(repaired).toStartWith('/')
      expect(repairPath(method, repaired)).toBeNull()
    }),
    { numRuns: 20_000 },
  )
})
