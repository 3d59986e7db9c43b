import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Agent, OpenAIChatCompletionsModel, Runner, setTracingDisabled, type Tool } from '@openai/agents'
import type { EmbeddingModel, LanguageModel } from 'ai'
import OpenAI from 'openai'
import { clientToken, type TestGateway } from '../_gateway.ts'
import { usualModel } from './_ask.ts'

type Reached = Pick<TestGateway, 'url'>

/** OpenAI's own client; it does not repeat what failed, unless told to. */
export const openai = ({ url }: Reached, options: ConstructorParameters<typeof OpenAI>[0] = {}): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: clientToken, maxRetries: 0, ...options })

/** The two ways in which Vercel's `ai` speaks to such an endpoint, by their packages. */
export const vercelModels: Readonly<Record<string, (gateway: Reached, model?: string) => LanguageModel>> = {
  '@ai-sdk/openai': ({ url }, model = usualModel) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: clientToken }).chat(model),
  '@ai-sdk/openai-compatible': ({ url }, model = usualModel) =>
    createOpenAICompatible({
      name: 'gateway',
      baseURL: `${url}/v1`,
      apiKey: clientToken,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
}

/** The same for embeddings. */
export const vercelEmbeddings: Readonly<Record<string, (gateway: Reached, model: string) => EmbeddingModel>> = {
  '@ai-sdk/openai': ({ url }, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: clientToken }).textEmbeddingModel(model),
  '@ai-sdk/openai-compatible': ({ url }, model) =>
    createOpenAICompatible({ name: 'gateway', baseURL: `${url}/v1`, apiKey: clientToken }).textEmbeddingModel(model),
}

/** An agent of OpenAI's framework that speaks chat completions, and what runs it. */
export const agentOf = (
  gateway: Reached,
  parts: { readonly instructions: string; readonly tools: Tool[] },
): { readonly agent: Agent; readonly runner: Runner } => {
  setTracingDisabled(true)
  const model = new OpenAIChatCompletionsModel(openai(gateway), usualModel)
  return { agent: new Agent({ name: 'Tester', model, ...parts }), runner: new Runner({ tracingDisabled: true }) }
}
