import { GatewayError } from '../../errors/gateway-error.ts'

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/

/**
 * A model's plain name from what OpenAI clients write: `models/` is how Google's own layer lists it, `google/` how
 * gateways of many providers do.
 * @throws GatewayError `model-not-found` for what can be no name: it would become part of the upstream address
 */
export const readModelName = (written: string): string => {
  const name = written.replace(/^(models\/|google\/)+/, '')
  if (plainName.test(name)) return name
  throw new GatewayError('model-not-found', 'The model does not exist: this is not the name of one.', {
    param: 'model',
  })
}
