import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import type { Mode, Resolved } from '../exchange.ts'
import type { Refinements } from '../refine.ts'
import type { Stage } from '../stage.ts'

/** Whether speech is wanted: of a speech model, or by asking for audio with a voice. */
export const detectMode = (refinements: Refinements): Stage<Resolved, { readonly mode: Mode }> => ({
  name: 'detect-mode',
  run: known => ({ mode: refinements.refine('mode', detect(known), known) }),
})

const text: Mode = { kind: 'text' }
const speech: Mode = { kind: 'speech' }

const detect = ({ ask, target }: Resolved): Mode => {
  if (target === null || ask.body.kind !== 'payload') return text
  if (capabilitiesOf(target.model).family === 'speech') return speech
  if (!ask.body.payload.mentions('generationConfig', 'peech')) return text
  const configuration = ask.body.payload.get('generationConfig')
  return asksForAudio(configuration) ? speech : text
}

const asksForAudio = (configuration: unknown): boolean => {
  if (typeof configuration !== 'object' || configuration === null) return false
  const members = new Map(Object.entries(configuration))
  const modalities = members.get('responseModalities') ?? members.get('response_modalities')
  const hasVoice = members.has('speechConfig') || members.has('speech_config')
  return hasVoice && [modalities].flat().some(modality => String(modality).toUpperCase() === 'AUDIO')
}
