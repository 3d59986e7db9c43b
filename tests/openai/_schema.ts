import { join } from 'node:path'
import { Ajv } from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'

/** The bodies that OpenAI publishes a type for, by the names of `_types.ts`. */
export type Published =
  | 'ChatCompletion'
  | 'ChatCompletionChunk'
  | 'CreateEmbeddingResponse'
  | 'Model'
  | 'ModelList'
  | 'ErrorBody'

type Node = { [name: string]: unknown }

/**
 * Members that OpenAI does not publish and that may come all the same, by the published type they stand on: reasoning as
 * DeepSeek, vLLM and most front ends know it; what Google's own OpenAI layer adds; annotations on a delta, where
 * OpenAI's own stream has them while its types do not; on models what vLLM, OpenRouter and Groq add; Google's status
 * beside an error of Google.
 */
const additions: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  ChatCompletionMessage: { reasoning_content: { type: 'string' }, extra_content: { type: 'object' } },
  'ChatCompletionChunk.Choice.Delta': {
    reasoning_content: { type: 'string' },
    extra_content: { type: 'object' },
    annotations: { type: 'array', items: { $ref: '#/definitions/ChatCompletionMessage.Annotation' } },
  },
  ChatCompletionMessageFunctionToolCall: { extra_content: { type: 'object' } },
  ChatCompletionMessageCustomToolCall: { extra_content: { type: 'object' } },
  'ChatCompletionChunk.Choice.Delta.ToolCall': { extra_content: { type: 'object' } },
  Model: {
    root: { type: 'string' },
    parent: { type: 'null' },
    permission: { type: 'array', maxItems: 0 },
    display_name: { type: 'string' },
    description: { type: 'string' },
    context_length: { type: 'integer' },
    context_window: { type: 'integer' },
    max_completion_tokens: { type: 'integer' },
    supported_generation_methods: { type: 'array', items: { type: 'string' } },
  },
  ErrorObject: { status: { type: 'string' } },
}

const bodyOf = (properties: Node): Node => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

/** Bodies that the types speak of only in parts. */
const wrapped: Readonly<Record<string, Node>> = {
  ErrorBody: bodyOf({ error: { $ref: '#/definitions/ErrorObject' } }),
  ModelList: bodyOf({
    success: { const: true },
    object: { const: 'list' },
    data: { type: 'array', items: { $ref: '#/definitions/Model' } },
  }),
}

/** What TypeScript can only call a number. */
const wholeNumbers = /^(created|index|start_index|end_index|expires_at|.*_tokens)$/

/** @returns what is wrong with a body, by OpenAI's own types; empty if nothing is */
export const faultsOf = (published: Published, body: unknown): readonly string[] => {
  const validate = validators()(published)
  return validate(body) === true
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${published}${instancePath} ${message} ${JSON.stringify(params)}`,
      )
}

/** @throws if a body is not what OpenAI publishes */
export const expectPublished = (published: Published, body: unknown): void => {
  const faults = faultsOf(published, body)
  if (faults.length > 0) throw new Error(`${faults.join('\n')}\nin ${JSON.stringify(body)?.slice(0, 2000)}`)
}

let made: ReturnType<typeof makeValidators> | undefined

/** Made once in a process; it takes about two seconds. */
const validators = () => {
  made ??= makeValidators()
  return made
}

const makeValidators = () => {
  const root = join(import.meta.dir, '../..')
  const schema = createGenerator({
    path: join(import.meta.dir, '_types.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    type: '*',
    expose: 'export',
    jsDoc: 'none',
    topRef: false,
    additionalProperties: false,
    skipTypeCheck: true,
  }).createSchema('*') as { definitions: Record<string, Node> }
  for (const [name, properties] of Object.entries(additions))
    Object.assign(schema.definitions[name]?.properties as Node, properties)
  Object.assign(schema.definitions, wrapped)
  countInWholeNumbers(schema)
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema(schema, 'openai')
  return (published: Published) => {
    const validate = ajv.getSchema(`openai#/definitions/${published}`)
    if (validate === undefined) throw new Error(`OpenAI publishes no ${published}.`)
    return validate
  }
}

const countInWholeNumbers = (node: unknown): void => {
  if (typeof node !== 'object' || node === null) return
  for (const [name, member] of Object.entries(node)) {
    if (wholeNumbers.test(name) && isNumberType(member)) Object.assign(member, { type: 'integer', minimum: 0 })
    countInWholeNumbers(member)
  }
}

const isNumberType = (node: unknown): node is object =>
  typeof node === 'object' && node !== null && 'type' in node && node.type === 'number'
