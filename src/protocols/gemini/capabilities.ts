/** What kind of model a name stands for. */
export type ModelFamily = 'text' | 'image' | 'speech' | 'embedding' | 'live' | 'video' | 'transcription' | 'other'

/** What is known about a model. The only place that looks at model names. */
export type Capabilities = {
  readonly family: ModelFamily
  /** 2, 2.5, 3, 3.8, 4…; unknown names are as new as can be. */
  readonly generation: number
  readonly canSearch: boolean
  readonly canRunCode: boolean
  readonly canReadUrls: boolean
  /** Google's own tools beside function declarations in one request, with `includeServerSideToolInvocations`. */
  readonly combinesTools: boolean
  /** Tools beside `responseMimeType: application/json`. */
  readonly combinesToolsWithJson: boolean
  /** A `systemInstruction`; the others answer "Developer instruction is not enabled". */
  readonly takesSystemInstruction: boolean
  readonly takesFunctions: boolean
  /** `responseMimeType: application/json`. */
  readonly takesJson: boolean
  /** A conversation that ends with a turn of the model. */
  readonly takesPrefill: boolean
  /** `mediaResolution` of a single part. */
  readonly takesPartResolution: boolean
  /** `presencePenalty` and `frequencyPenalty`. */
  readonly takesPenalties: boolean
  /** `responseLogprobs`. */
  readonly takesLogprobs: boolean
  /** Calls have ids, and those of the current turn must carry their thought signatures. */
  readonly signsCalls: boolean
  /** What controls thinking; budget and level together are refused. */
  readonly thinking: 'none' | 'budget' | 'level'
  /** Where a budget controls it. */
  readonly thinkingBudget: BudgetRange | null
  /** Where a level controls it, from the least on; empty elsewhere. */
  readonly thinkingLevels: readonly ThinkingLevel[]
}

/** Tokens a model may be given to think; 0 stands for off where it can be. */
export type BudgetRange = { readonly least: number; readonly most: number; readonly canBeOff: boolean }

export type ThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'

/**
 * What a model can do, by its name. Names are open-ended, so an unknown one inherits the newest behaviour.
 * Sources: ai.google.dev/gemini-api/docs/models, …/thinking, …/tool-combination (as of November 2026).
 */
export const capabilitiesOf = (model: string): Capabilities => {
  const known = remembered.get(model)
  if (known !== undefined) return known
  const capabilities = readCapabilities(model)
  // Clients can make up names without end.
  if (remembered.size < mostRemembered) remembered.set(model, capabilities)
  return capabilities
}

const mostRemembered = 1000
const remembered = new Map<string, Capabilities>()

const readCapabilities = (model: string): Capabilities => {
  const family = familyOf(model)
  const generation = generationOf(model)
  const isText = family === 'text'
  const isGemma = model.startsWith('gemma')
  const isOldGemma = /^gemma-?[1-3](?!\d)/.test(model)
  const hasTools = isText && !isGemma && generation >= 2
  return {
    family,
    generation,
    canSearch: hasTools,
    canRunCode: hasTools,
    canReadUrls: hasTools && generation >= 2.5,
    combinesTools: hasTools && generation >= 3,
    combinesToolsWithJson: hasTools && generation >= 3,
    takesSystemInstruction: family !== 'speech' && !isOldGemma && !(family === 'image' && generation < 3),
    takesFunctions: (isText || family === 'live' || family === 'other') && !isOldGemma,
    takesJson: family !== 'speech' && !isOldGemma,
    takesPrefill: generation < 3.5,
    takesPartResolution: generation >= 3,
    takesPenalties: generation < 2.5,
    takesLogprobs: generation < 2.5,
    signsCalls: generation >= 3,
    ...thinkingOf(model, family, generation),
  }
}

type Thinking = Pick<Capabilities, 'thinking' | 'thinkingBudget' | 'thinkingLevels'>

const thinkingOf = (model: string, family: ModelFamily, generation: number): Thinking => {
  if (family === 'image')
    return generation >= 3 && !model.startsWith('imagen') ? byLevel('MINIMAL', 'HIGH') : noThinking
  if (family !== 'text') return noThinking
  if (model.startsWith('gemma')) return /^gemma-?[1-3](?!\d)/.test(model) ? noThinking : byLevel('MINIMAL', 'HIGH')
  if (generation < 2.5) return noThinking
  const isLite = /-lite(-|$)/.test(model)
  if (generation < 3) {
    if (/-pro(-|$)/.test(model)) return byBudget(128, 32_768, false)
    return byBudget(isLite ? 512 : 1, 24_576, true)
  }
  // Refused by 3.1 Pro and from 3.7 Flash on ("Thinking level MINIMAL is not supported for this model.").
  const hasMinimal = isLite || (/-flash(-|$)/.test(model) && generation < 3.7)
  return hasMinimal ? byLevel('MINIMAL', 'LOW', 'MEDIUM', 'HIGH') : byLevel('LOW', 'MEDIUM', 'HIGH')
}

const noThinking: Thinking = { thinking: 'none', thinkingBudget: null, thinkingLevels: [] }

const byBudget = (least: number, most: number, canBeOff: boolean): Thinking => ({
  thinking: 'budget',
  thinkingBudget: { least, most, canBeOff },
  thinkingLevels: [],
})

const byLevel = (...levels: readonly ThinkingLevel[]): Thinking => ({
  thinking: 'level',
  thinkingBudget: null,
  thinkingLevels: levels,
})

const familyOf = (model: string): ModelFamily => {
  if (/embedding/.test(model)) return 'embedding'
  if (/-tts(-|$)/.test(model)) return 'speech'
  if (/-transcribe/.test(model)) return 'transcription'
  if (/(^|-)(live|native-audio)(-|$)/.test(model)) return 'live'
  if (/^(veo|gemini-omni)/.test(model)) return 'video'
  if (/^imagen|nano-banana|-image(-|$)/.test(model)) return 'image'
  if (/^(lyria|aqa|gemini-robotics|deep-research)/.test(model)) return 'other'
  return 'text'
}

const generationOf = (model: string): number => {
  const match = /^gemini-(\d+(?:\.\d+)?)/.exec(model)
  return match?.[1] === undefined ? Number.POSITIVE_INFINITY : Number(match[1])
}
