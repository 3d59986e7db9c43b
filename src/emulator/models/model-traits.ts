/** How a family's thinking is controlled. */
export type ThinkingTraits =
  | { readonly control: 'none' }
  | {
      readonly control: 'budget'
      readonly minimum: number
      readonly maximum: number
      readonly canBeOff: boolean
      readonly onByDefault: boolean
    }
  | {
      readonly control: 'level'
      readonly levels: readonly string[]
      readonly default: string
      readonly takesBudget: boolean
    }

export type ModelKind = 'text' | 'image' | 'speech' | 'embedding' | 'live' | 'video'

/** What distinguishes one family of models from another in what it refuses and how it answers. */
export type ModelTraits = {
  readonly kind: ModelKind
  /** 2 for the 2.x families and Gemma 3, 3 for everything since. Decides on signatures and tool rules. */
  readonly generation: 2 | 3
  readonly thinking: ThinkingTraits
  /** Whether a conversation may end with a model turn. Refused from 3.6 Flash and 3.5 Flash-Lite on. */
  readonly prefill: boolean
  readonly systemInstruction: boolean
  readonly functions: boolean
  readonly defaultDimensions?: number
}

const chat = { kind: 'text', prefill: true, systemInstruction: true, functions: true } as const

const budget = (minimum: number, maximum: number, canBeOff: boolean, onByDefault: boolean): ThinkingTraits => ({
  control: 'budget',
  minimum,
  maximum,
  canBeOff,
  onByDefault,
})

const level = (levels: readonly string[], byDefault: string, takesBudget = true): ThinkingTraits => ({
  control: 'level',
  levels,
  default: byDefault,
  takesBudget,
})

const allLevels = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']
const noMinimal = ['LOW', 'MEDIUM', 'HIGH']
const noThinking: ThinkingTraits = { control: 'none' }

/** The families of the catalogue. Limits and levels from Google's thinking page and recorded refusals. */
export const families = {
  argon: { ...chat, generation: 3, thinking: level(noMinimal, 'MEDIUM', false), prefill: false },
  flash38: { ...chat, generation: 3, thinking: level(noMinimal, 'MEDIUM'), prefill: false },
  flash36: { ...chat, generation: 3, thinking: level(allLevels, 'MEDIUM'), prefill: false },
  flashLite35: { ...chat, generation: 3, thinking: level(allLevels, 'MINIMAL'), prefill: false },
  flash3: { ...chat, generation: 3, thinking: level(allLevels, 'HIGH') },
  flashLite31: { ...chat, generation: 3, thinking: level(allLevels, 'MINIMAL') },
  pro31: { ...chat, generation: 3, thinking: level(noMinimal, 'HIGH') },
  pro25: { ...chat, generation: 2, thinking: budget(128, 32_768, false, true) },
  flash25: { ...chat, generation: 2, thinking: budget(1, 24_576, true, true) },
  flashLite25: { ...chat, generation: 2, thinking: budget(512, 24_576, true, false) },
  gemma4: { ...chat, generation: 3, thinking: level(['MINIMAL', 'HIGH'], 'MINIMAL') },
  gemma3: { ...chat, generation: 2, thinking: noThinking, systemInstruction: false, functions: false },
  image3: { ...chat, kind: 'image', generation: 3, thinking: level(allLevels, 'MINIMAL'), functions: false },
  image2: { ...chat, kind: 'image', generation: 2, thinking: noThinking, systemInstruction: false, functions: false },
  speech: { ...chat, kind: 'speech', generation: 3, thinking: noThinking, systemInstruction: false, functions: false },
  transcribe: { ...chat, generation: 3, thinking: noThinking, functions: false },
  embedding: {
    ...chat,
    kind: 'embedding',
    generation: 3,
    thinking: noThinking,
    systemInstruction: false,
    functions: false,
    defaultDimensions: 3072,
  },
  live: { ...chat, kind: 'live', generation: 3, thinking: level(allLevels, 'MINIMAL') },
  video: { ...chat, kind: 'video', generation: 3, thinking: noThinking, functions: false },
} as const satisfies Readonly<Record<string, ModelTraits>>

export type FamilyName = keyof typeof families
