import { toCamelCase } from '../../gemini/camel-case.ts'
import type { Conversion } from './conversion.ts'
import { type OwnTool, readOwnTool } from './own-tools.ts'
import {
  isRecord,
  isSet,
  type JsonObject,
  readObject,
  readShortList,
  requireObject,
  requireText,
} from './read-values.ts'

/** A value and where it was found. */
export type Found<Value> = { readonly value: Value; readonly path: string }

/** What Google's own OpenAI layer takes beside OpenAI's fields, under `google`. */
export type GoogleExtras = {
  readonly thinkingConfig: Found<JsonObject> | undefined
  readonly cachedContent: Found<string> | undefined
  readonly safetySettings: Found<readonly unknown[]> | undefined
  /** Members of `generationConfig`. */
  readonly config: ReadonlyMap<string, Found<unknown>>
  readonly tools: readonly OwnTool[]
}

/**
 * Reads `google`, and `extra_body.google` as openai-node sends it (openai-python needs it nested to send the same).
 * Where both say something, the first holds.
 * @throws GatewayError
 */
export const readGoogleExtras = (body: JsonObject, { ignored }: Conversion): GoogleExtras => {
  const extraBody = readObject(body.extra_body, 'extra_body')
  if (extraBody !== undefined) ignored.addUnknown(extraBody, new Set(['google']), 'extra_body')
  const reader = new ExtrasReader(ignored)
  reader.read(readObject(body.google, 'google'), 'google')
  reader.read(readObject(extraBody?.google, 'extra_body.google'), 'extra_body.google')
  return reader
}

class ExtrasReader implements GoogleExtras {
  thinkingConfig: Found<JsonObject> | undefined
  cachedContent: Found<string> | undefined
  safetySettings: Found<readonly unknown[]> | undefined
  readonly config = new Map<string, Found<unknown>>()
  readonly tools: OwnTool[] = []
  readonly #ignored: Conversion['ignored']

  constructor(ignored: Conversion['ignored']) {
    this.#ignored = ignored
  }

  read(source: JsonObject | undefined, base: string): void {
    for (const [written, value] of Object.entries(source ?? {})) {
      if (!isSet(value)) continue
      const path = `${base}.${written}`
      const name = toCamelCase(written)
      if (name === 'generationConfig') this.#readConfig(requireObject(value, path), path)
      else if (name === 'thinkingConfig') this.#setThinking(requireObject(value, path), path)
      else if (name === 'cachedContent')
        this.cachedContent = this.#first(this.cachedContent, requireText(value, path), path)
      else if (name === 'safetySettings')
        this.safetySettings = this.#first(this.safetySettings, readSettings(value, path), path)
      else if (name === 'aspectRatio' || name === 'imageSize')
        this.#addToImage({ [name]: requireText(value, path) }, path)
      else if (name === 'imageConfig') this.#addToImage(camelCased(requireObject(value, path)), path)
      else if (name === 'tools') this.#readTools(value, path)
      else this.#ignored.addUnknown({ [written]: value }, nothing, base)
    }
  }

  #readConfig(config: JsonObject, path: string): void {
    for (const [written, value] of Object.entries(config)) {
      if (!isSet(value)) continue
      const place = `${path}.${written}`
      const name = toCamelCase(written)
      if (name === 'thinkingConfig') this.#setThinking(requireObject(value, place), place)
      else if (name === 'imageConfig') this.#addToImage(camelCased(requireObject(value, place)), place)
      else if (!configMembers.has(name)) this.#ignored.addUnknown({ [written]: value }, nothing, path)
      else if (this.config.has(name)) this.#ignored.add(place)
      else this.config.set(name, { value, path: place })
    }
  }

  #setThinking(config: JsonObject, path: string): void {
    this.#ignored.addUnknown(config, writtenThinkingMembers, path)
    const known = Object.entries(camelCased(config)).filter(([name]) => thinkingMembers.has(name))
    this.thinkingConfig = this.#first(this.thinkingConfig, Object.fromEntries(known), path)
  }

  #first<Value>(present: Found<Value> | undefined, value: Value, path: string): Found<Value> {
    if (present !== undefined) this.#ignored.add(path)
    return present ?? { value, path }
  }

  #addToImage(members: JsonObject, path: string): void {
    const present = this.config.get('imageConfig')
    const value = { ...members, ...(isRecord(present?.value) ? present.value : {}) }
    this.config.set('imageConfig', { value, path: present?.path ?? path })
  }

  #readTools(value: unknown, path: string): void {
    const list = isRecord(value) ? [value] : (readShortList(value, path) ?? [])
    list.forEach((element, index) => {
      const tool = readOwnTool(requireObject(element, `${path}[${index}]`))
      if (tool === undefined) this.#ignored.addExactly(`${path}[${index}]`)
      else this.tools.push(tool)
    })
  }
}

const readSettings = (value: unknown, path: string): readonly unknown[] =>
  isRecord(value)
    ? [value]
    : (readShortList(value, path) ?? []).map((element, index) => requireObject(element, `${path}[${index}]`))

const nothing: ReadonlySet<string> = new Set()

/** Without `candidateCount`, which is `n`. */
const configMembers = new Set([
  'stopSequences',
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'seed',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'enableEnhancedCivicAnswers',
  'responseModalities',
  'speechConfig',
  'mediaResolution',
  'audioTranscriptionConfig',
])

const thinkingMembers = new Set(['thinkingBudget', 'thinkingLevel', 'includeThoughts'])

const writtenThinkingMembers = new Set([...thinkingMembers, 'thinking_budget', 'thinking_level', 'include_thoughts'])

const camelCased = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (isSet(value) ? [[toCamelCase(name), value]] : [])),
  )
