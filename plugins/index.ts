import type { Plugin } from '#pipeline/plugin.ts'
import { codeExecution } from './code-execution/index.ts'
import { gemini } from './gemini/index.ts'
import { openai } from './openai/index.ts'
import { openaiPassThrough } from './openai-pass-through/index.ts'
import { safety } from './safety/index.ts'
import { search } from './search/index.ts'
import { smartRouting } from './smart-routing/index.ts'
import { thinking } from './thinking/index.ts'
import { urlContext } from './url-context/index.ts'

/** Every feature, in order: where two refine the same value, the upper one goes first. */
export const plugins: readonly Plugin[] = [
  gemini,
  openai,
  openaiPassThrough,
  search,
  codeExecution,
  urlContext,
  thinking,
  safety,
  smartRouting,
]
