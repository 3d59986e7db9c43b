import { expect, test } from 'bun:test'
import { faultsOf, type Published } from './_schema.ts'

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gemini-3.6-flash',
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      logprobs: null,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        reasoning_content: 'hm',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'a', arguments: '{}' } }],
      },
    },
  ],
  usage,
}

const chunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gemini-3.6-flash',
  choices: [
    {
      index: 0,
      delta: { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'a', arguments: '' } }] },
      finish_reason: null,
    },
  ],
}

const model = { id: 'a', object: 'model', created: 1, owned_by: 'google' }

const embeddings = {
  object: 'list',
  model: 'gemini-embedding-001',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.1] }],
  usage: { prompt_tokens: 1, total_tokens: 1 },
}

const error = { error: { message: 'No.', type: 'invalid_request_error', param: null, code: null } }

const good: readonly (readonly [Published, object])[] = [
  ['ChatCompletion', completion],
  ['ChatCompletionChunk', chunk],
  ['Model', model],
  ['ModelList', { object: 'list', data: [model], success: true }],
  ['CreateEmbeddingResponse', embeddings],
  ['ErrorBody', error],
]

test.each(good)('a good %s is passed', (published, body) => {
  expect(faultsOf(published, body)).toEqual([])
})

const message = 'choices.0.message'

const broken: readonly (readonly [what: string, published: Published, body: object, path: string, value: unknown])[] = [
  ['without an id', 'ChatCompletion', completion, 'id', undefined],
  ['with another object', 'ChatCompletion', completion, 'object', 'completion'],
  ['with half a second', 'ChatCompletion', completion, 'created', 1.5],
  ['with a reason of its own', 'ChatCompletion', completion, 'choices.0.finish_reason', 'safety'],
  ['without a word on logprobs', 'ChatCompletion', completion, 'choices.0.logprobs', undefined],
  ['without content', 'ChatCompletion', completion, `${message}.content`, undefined],
  ['without a word on refusal', 'ChatCompletion', completion, `${message}.refusal`, undefined],
  ['of another role', 'ChatCompletion', completion, `${message}.role`, 'model'],
  ['with an unknown member', 'ChatCompletion', completion, `${message}.thinking`, 'hm'],
  ['with arguments that are no text', 'ChatCompletion', completion, `${message}.tool_calls.0.function.arguments`, {}],
  ['with a call without an id', 'ChatCompletion', completion, `${message}.tool_calls.0.id`, undefined],
  ['with parts of a token', 'ChatCompletion', completion, 'usage.prompt_tokens', 1.5],
  ['with fewer than no tokens', 'ChatCompletion', completion, 'usage.completion_tokens', -1],
  ['with an unknown tier', 'ChatCompletion', completion, 'service_tier', 'standard'],
  ['without choices', 'ChatCompletionChunk', chunk, 'choices', undefined],
  ['without a reason, not even null', 'ChatCompletionChunk', chunk, 'choices.0.finish_reason', undefined],
  ['with a call without an index', 'ChatCompletionChunk', chunk, 'choices.0.delta.tool_calls.0.index', undefined],
  ['with a message in place of a delta', 'ChatCompletionChunk', chunk, 'choices.0.message', {}],
  ['with an unknown member', 'ChatCompletionChunk', chunk, 'choices.0.delta.thought', true],
  ['without an owner', 'Model', model, 'owned_by', undefined],
  ['made at no time', 'Model', model, 'created', null],
  ['that is no list', 'ModelList', { object: 'list', data: [model], success: true }, 'object', undefined],
  ['in an unknown encoding', 'CreateEmbeddingResponse', embeddings, 'data.0.embedding', 'AAAA'],
  ['without usage', 'CreateEmbeddingResponse', embeddings, 'usage', undefined],
  ['without a word on the parameter', 'ErrorBody', error, 'error.param', undefined],
  ['with a code that is a number', 'ErrorBody', error, 'error.code', 400],
  ['with details of Google', 'ErrorBody', error, 'error.details', []],
]

test.each(broken)('a body %s is refused: %s', (_, published, body, path, value) => {
  expect(faultsOf(published, changed(body, path.split('.'), value))).not.toEqual([])
})

const changed = (body: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown => {
  const copy = (Array.isArray(body) ? [...body] : { ...(body as object) }) as Record<string, unknown>
  if (rest.length > 0) copy[name] = changed(copy[name], rest, value)
  else if (value === undefined) delete copy[name]
  else copy[name] = value
  return copy
}
