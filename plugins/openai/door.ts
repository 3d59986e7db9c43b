import type { Door } from '#pipeline/exchange.ts'
import { openaiErrorBody, openaiErrorFrame, translateGoogleError } from '#src/protocols/openai/write-error.ts'

const contentType = 'application/json; charset=utf-8'

/** What every way in of OpenAI's dialect has in common: how errors are told, and how silence is bridged. */
export const openaiDoor = (method: string, read: Door['read']): Door => ({
  protocol: 'openai',
  about: { method, model: '' },
  read,
  writeError: error => ({ contentType, body: openaiErrorBody(error) }),
  writeErrorFrame: (_form, error) => openaiErrorFrame(error),
  writeRefusal: translateGoogleError,
  keepAlive: ': keep-alive\n\n',
})
