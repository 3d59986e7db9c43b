import type { ModeDetected, RequestBody } from '../exchange.ts'
import type { Refinements } from '../refine.ts'
import type { Stage } from '../stage.ts'

/** Lets the plugins add to the request body, and lays down the bytes that every attempt sends. */
export const buildPayload = (refinements: Refinements): Stage<ModeDetected, { readonly body: RequestBody }> => ({
  name: 'build-payload',
  run: known => {
    const { body } = known.ask
    if (body.kind !== 'payload') return { body }
    const startedAt = performance.now()
    const payload = refinements.refine('payload', body.payload, known)
    const bytes = payload.toBytes()
    known.stopwatch.translate += performance.now() - startedAt
    return { body: { kind: 'bytes', bytes } }
  },
})
