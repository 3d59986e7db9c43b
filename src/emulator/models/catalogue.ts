import { modelTable } from './model-table.ts'
import { families, type ModelTraits } from './model-traits.ts'

/** A model as `models.list` shows it. */
export type ListedModel = {
  readonly name: string
  readonly version: string
  readonly displayName: string
  readonly description: string
  readonly inputTokenLimit: number
  readonly outputTokenLimit: number
  readonly supportedGenerationMethods: readonly string[]
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly maxTemperature?: number
  readonly thinking?: boolean
}

export type Model = {
  readonly id: string
  readonly listed: ListedModel
  readonly traits: ModelTraits
  /** What answers call the model: Google routes deprecated names and aliases to a successor. */
  readonly modelVersion: string
  /** `quotaDimensions.model`; aliases and previews share a bucket. */
  readonly bucket: string
}

export const findModel = (id: string): Model | undefined => modelsById.get(id)

/** Whether `models.list` of the model names the method. Streams are part of `generateContent`. */
export const supports = (model: Model, method: string): boolean => {
  const listed = method === 'streamGenerateContent' ? 'generateContent' : method
  const known = listed === 'batchEmbedContents' ? 'embedContent' : listed
  return model.listed.supportedGenerationMethods.includes(known)
}

const chatMethods = ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent']

const methodsOf = (kind: ModelTraits['kind']): readonly string[] => {
  if (kind === 'embedding') return ['embedContent', 'countTextTokens', 'countTokens', 'asyncBatchEmbedContent']
  if (kind === 'speech') return ['countTokens', 'generateContent', 'batchGenerateContent']
  if (kind === 'image') return ['generateContent', 'countTokens', 'batchGenerateContent']
  if (kind === 'live') return ['bidiGenerateContent']
  if (kind === 'video') return ['predictLongRunning']
  return chatMethods
}

export const models: readonly Model[] = modelTable.map(row => {
  const traits: ModelTraits = families[row.family]
  const isChat = traits.kind !== 'embedding' && traits.kind !== 'video'
  return {
    id: row.id,
    traits,
    modelVersion: row.routedTo ?? row.id,
    bucket: row.bucket ?? row.routedTo ?? row.id,
    listed: {
      name: `models/${row.id}`,
      version: row.version,
      displayName: row.displayName,
      description: row.description ?? row.displayName,
      inputTokenLimit: row.inputTokens,
      outputTokenLimit: row.outputTokens,
      supportedGenerationMethods: methodsOf(traits.kind),
      ...(isChat && { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2 }),
      ...(traits.thinking.control !== 'none' && { thinking: true }),
    },
  }
})

const modelsById: ReadonlyMap<string, Model> = new Map(models.map(model => [model.id, model]))
