import type { TokenBook } from '#src/security/token-book.ts'
import type { Arrived } from './exchange.ts'
import { fanOut } from './fan-out.ts'
import type { PaceSettings } from './pace-text.ts'
import type { Refinements } from './refine.ts'
import { type RetryingOptions, retrying } from './retrying.ts'
import { Spine } from './stage.ts'
import { authenticate } from './stages/authenticate.ts'
import { buildPayload } from './stages/build-payload.ts'
import { detectMode } from './stages/detect-mode.ts'
import { optimizeStream } from './stages/optimize-stream.ts'
import { type ResolveModelOptions, resolveModel } from './stages/resolve-model.ts'

export type OrderOptions = {
  readonly tokens: TokenBook
  readonly models: ResolveModelOptions
  readonly refinements: Refinements
  readonly retry: RetryingOptions
  readonly pace: PaceSettings
}

/**
 * THE order. Each line needs what the lines above it add: swap two and it does not compile. The last stage, `log`, is
 * registered before the first (`run-exchange.ts`) and does its work when the exchange ends, however it ends.
 */
export const order = ({ tokens, models, refinements, retry, pace }: OrderOptions) =>
  Spine.from<Arrived>()
    .step(authenticate(tokens)) // before the body is read: a stranger costs nothing
    .step(resolveModel(models)) // reads the body: some dialects name the model there
    .step(detectMode(refinements))
    .step(buildPayload(refinements)) // once, for every attempt
    .step(fanOut(retrying(retry))) // acquire-key and call-upstream, again while it can help; several where one asks for several
    .step(optimizeStream(refinements, pace))

/** What is answered without asking upstream (model lists) is still authenticated, logged and told its ending. */
export const localOrder = (tokens: TokenBook) => Spine.from<Arrived>().step(authenticate(tokens))
