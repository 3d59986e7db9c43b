import type { FamilyName } from './model-traits.ts'

export type ModelRow = {
  readonly id: string
  readonly family: FamilyName
  readonly version: string
  readonly displayName: string
  readonly description?: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly routedTo?: string
  readonly bucket?: string
}

type Extras = Partial<Pick<ModelRow, 'description' | 'routedTo' | 'bucket'>>

const row = (
  id: string,
  family: FamilyName,
  version: string,
  displayName: string,
  [inputTokens, outputTokens]: readonly [number, number],
  extras: Extras = {},
): ModelRow => ({ id, family, version, displayName, inputTokens, outputTokens, ...extras })

const long = [1_048_576, 65_536] as const
const image = [65_536, 32_768] as const
const speech = [8192, 16_384] as const
const embedding = [8192, 1] as const
const gemma3 = [32_768, 8192] as const
const gemma4 = [262_144, 32_768] as const
const live = [131_072, 65_536] as const
const video = [480, 8192] as const

/** The models of November 2026: enough for more than one page of fifty, with previews, aliases and retired names. */
export const modelTable: readonly ModelRow[] = [
  row('gemini-4-argon', 'argon', '4', 'Gemini 4 Argon', [1_048_576, 1_048_576], {
    description: 'Frontier model with one window for input, thinking and output',
  }),
  row('gemini-3.8-flash', 'flash38', '3.8', 'Gemini 3.8 Flash', long),
  row('gemini-3.8-flash-001', 'flash38', '001', 'Gemini 3.8 Flash 001', long, { bucket: 'gemini-3.8-flash' }),
  row('gemini-3.7-flash', 'flash38', '3.7', 'Gemini 3.7 Flash', long, { routedTo: 'gemini-3.8-flash' }),
  row('gemini-3.6-flash', 'flash36', '3.6', 'Gemini 3.6 Flash', long),
  row('gemini-3.6-flash-001', 'flash36', '001', 'Gemini 3.6 Flash 001', long, { bucket: 'gemini-3.6-flash' }),
  row('gemini-3.5-flash', 'flash36', '3.5', 'Gemini 3.5 Flash', long, { routedTo: 'gemini-3.6-flash' }),
  row('gemini-3.5-flash-lite', 'flashLite35', '3.5', 'Gemini 3.5 Flash-Lite', long),
  row('gemini-3.5-flash-lite-001', 'flashLite35', '001', 'Gemini 3.5 Flash-Lite 001', long, {
    bucket: 'gemini-3.5-flash-lite',
  }),
  row('gemini-3.1-flash-lite', 'flashLite31', '3.1', 'Gemini 3.1 Flash-Lite', long),
  row('gemini-3.1-flash-lite-preview', 'flashLite31', '3.1-preview', 'Gemini 3.1 Flash-Lite Preview', long, {
    routedTo: 'gemini-3.1-flash-lite',
  }),
  row('gemini-3.1-pro-preview', 'pro31', '3.1-pro-preview', 'Gemini 3.1 Pro Preview', long, {
    bucket: 'gemini-3.1-pro',
  }),
  row('gemini-3.1-pro-preview-customtools', 'pro31', '3.1-pro-preview', 'Gemini 3.1 Pro Preview Custom Tools', long, {
    bucket: 'gemini-3.1-pro',
  }),
  row('gemini-3-flash-preview', 'flash3', '3-flash-preview', 'Gemini 3 Flash Preview', long, {
    bucket: 'gemini-3-flash',
  }),
  row('gemini-flash-latest', 'flash38', 'Gemini Flash Latest', 'Gemini Flash Latest', long, {
    routedTo: 'gemini-3.8-flash',
  }),
  row('gemini-flash-lite-latest', 'flashLite35', 'Gemini Flash-Lite Latest', 'Gemini Flash-Lite Latest', long, {
    routedTo: 'gemini-3.5-flash-lite',
  }),
  row('gemini-pro-latest', 'pro31', 'Gemini Pro Latest', 'Gemini Pro Latest', long, {
    routedTo: 'gemini-3.1-pro-preview',
    bucket: 'gemini-3.1-pro',
  }),
  row('gemini-2.5-pro', 'pro25', '2.5', 'Gemini 2.5 Pro', long, {
    description: 'Stable release (June 17th, 2025) of Gemini 2.5 Pro',
  }),
  row('gemini-2.5-flash', 'flash25', '001', 'Gemini 2.5 Flash', long, {
    description: 'Stable version of Gemini 2.5 Flash, released in June of 2025',
  }),
  row('gemini-2.5-flash-lite', 'flashLite25', '001', 'Gemini 2.5 Flash-Lite', long),
  row(
    'gemini-2.5-flash-lite-preview-09-2025',
    'flashLite25',
    '2.5-preview-09-25',
    'Gemini 2.5 Flash-Lite Preview Sep 2025',
    long,
    {
      bucket: 'gemini-2.5-flash-lite',
    },
  ),
  row(
    'gemini-2.5-computer-use-preview-10-2025',
    'flash25',
    'computer-use',
    'Gemini 2.5 Computer Use Preview 10-2025',
    [131_072, 65_536],
  ),
  row('gemini-robotics-er-1.5-preview', 'flash25', '1.5-preview', 'Gemini Robotics-ER 1.5 Preview', long),
  row('gemini-robotics-er-2-preview', 'flash36', '2-preview', 'Gemini Robotics-ER 2 Preview', long),
  row('deep-research-preview', 'pro31', '1.0', 'Deep Research Preview', [131_072, 65_536]),
  row('gemini-3.5-transcribe', 'transcribe', '3.5', 'Gemini 3.5 Transcribe', long),
  row('gemini-omni-flash', 'flash36', '1.0', 'Gemini Omni Flash', long),

  row('gemini-nano-banana-2.1', 'image3', '2.1', 'Nano Banana 2.1', image),
  row('gemini-3.1-flash-image', 'image3', '3.1', 'Nano Banana 2', image),
  row('gemini-3.1-flash-image-preview', 'image3', '3.1-preview', 'Nano Banana 2 Preview', image, {
    routedTo: 'gemini-3.1-flash-image',
  }),
  row('gemini-3.1-flash-lite-image', 'image3', '3.1', 'Gemini 3.1 Flash-Lite Image', image),
  row('gemini-3-pro-image', 'image3', '3.0', 'Nano Banana Pro', image),
  row('gemini-3-pro-image-preview', 'image3', '3.0', 'Nano Banana Pro Preview', image, {
    routedTo: 'gemini-3-pro-image',
  }),
  row('gemini-2.5-flash-image', 'image2', '2.0', 'Nano Banana', [32_768, 32_768]),
  row('gemini-2.5-flash-image-preview', 'image2', '2.0', 'Nano Banana Preview', [32_768, 32_768], {
    bucket: 'gemini-2.5-flash-preview-image',
  }),

  row('gemini-3.8-flash-tts', 'speech', '3.8', 'Gemini 3.8 Flash TTS', speech),
  row('gemini-3.8-flash-lite-tts', 'speech', '3.8', 'Gemini 3.8 Flash-Lite TTS', speech),
  row('gemini-3.1-flash-tts-preview', 'speech', '3.1-preview', 'Gemini 3.1 Flash TTS Preview', speech),
  row('gemini-2.5-flash-preview-tts', 'speech', 'gemini-2.5-flash-exp-tts', 'Gemini 2.5 Flash Preview TTS', speech),
  row('gemini-2.5-pro-preview-tts', 'speech', 'gemini-2.5-pro-exp-tts', 'Gemini 2.5 Pro Preview TTS', speech),

  row('gemini-embedding-2', 'embedding', '2', 'Gemini Embedding 2', embedding),
  row('gemini-embedding-2-preview', 'embedding', '2-preview', 'Gemini Embedding 2 Preview', embedding, {
    routedTo: 'gemini-embedding-2',
  }),
  row('gemini-embedding-001', 'embedding', '001', 'Gemini Embedding 001', [2048, 1]),

  row('gemma-4-31b-it', 'gemma4', '001', 'Gemma 4 31B IT', gemma4),
  row('gemma-4-26b-a4b-it', 'gemma4', '001', 'Gemma 4 26B A4B IT', gemma4),
  row('gemma-3-27b-it', 'gemma3', '001', 'Gemma 3 27B', gemma3),
  row('gemma-3-12b-it', 'gemma3', '001', 'Gemma 3 12B', gemma3),
  row('gemma-3-4b-it', 'gemma3', '001', 'Gemma 3 4B', gemma3),
  row('gemma-3-1b-it', 'gemma3', '001', 'Gemma 3 1B', gemma3),
  row('gemma-3n-e4b-it', 'gemma3', '001', 'Gemma 3n E4B', [8192, 2048]),
  row('gemma-3n-e2b-it', 'gemma3', '001', 'Gemma 3n E2B', [8192, 2048]),

  row('gemini-3.8-live', 'live', '3.8', 'Gemini 3.8 Live', live),
  row('gemini-3.8-live-extended-thinking', 'live', '3.8', 'Gemini 3.8 Live Extended Thinking', live),
  row('gemini-3.5-live-translate-preview', 'live', '3.5-preview', 'Gemini 3.5 Live Translate Preview', live),
  row('gemini-2.5-flash-native-audio-latest', 'live', 'latest', 'Gemini 2.5 Flash Native Audio Latest', live),
  row(
    'gemini-2.5-flash-native-audio-preview-12-2025',
    'live',
    '12-2025',
    'Gemini 2.5 Flash Native Audio Preview 12-2025',
    live,
  ),
  row(
    'gemini-2.5-flash-native-audio-preview-09-2025',
    'live',
    '09-2025',
    'Gemini 2.5 Flash Native Audio Preview 09-2025',
    live,
  ),

  row('veo-3.1-generate-preview', 'video', '3.1', 'Veo 3.1', video),
  row('veo-3.1-fast-generate-preview', 'video', '3.1', 'Veo 3.1 fast', video),
  row('veo-3.1-lite-generate-preview', 'video', '3.1', 'Veo 3.1 lite', video),
  row('veo-3.0-generate-001', 'video', '3.0', 'Veo 3', video),
  row('veo-3.0-fast-generate-001', 'video', '3.0', 'Veo 3 fast', video),
  row('lyria-3.5-generate', 'video', '3.5', 'Lyria 3.5', video),
  row('lyria-3.5-clip-preview', 'video', '3.5', 'Lyria 3.5 Clip Preview', video),
]
