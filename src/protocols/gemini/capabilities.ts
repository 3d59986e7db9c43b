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
  /** What controls thinking; budget and level together are refused. */
  readonly thinking: 'none' | 'budget' | 'level'
}

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
  const hasTools = isText && !isGemma && generation >= 2
  return {
    family,
    generation,
    canSearch: hasTools,
    canRunCode: hasTools,
    canReadUrls: hasTools && generation >= 2.5,
    combinesTools: hasTools && generation >= 3,
    combinesToolsWithJson: hasTools && generation >= 3,
    thinking: !isText || isGemma || generation < 2.5 ? 'none' : generation < 3 ? 'budget' : 'level',
  }
}

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
