import { matchesModel } from '#src/config/match-model.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Ask, Authenticated, Target } from '../exchange.ts'
import type { Refinements } from '../refine.ts'
import type { Stage } from '../stage.ts'

export type ResolveModelOptions = {
  readonly refinements: Refinements
  /** Whether upstream itself lists this very name; such a name is never shortened. */
  readonly isListed: (version: string, model: string) => Promise<boolean>
  readonly filtered: () => readonly string[]
}

/** Reads what is asked for and peels the suffixes off the model's name, longest first, in any order they stand. */
export const resolveModel = (
  options: ResolveModelOptions,
): Stage<Authenticated, { readonly ask: Ask; readonly target: Target | null }> => ({
  name: 'resolve-model',
  run: async arrived => {
    const startedAt = performance.now()
    const reading = arrived.door.read(arrived)
    const ask = reading instanceof Promise ? await reading : reading
    arrived.stopwatch.receive += performance.now() - startedAt
    arrived.journal.method = ask.method
    arrived.journal.isStream = ask.stream !== null
    if (ask.model === null) return { ask, target: null }
    arrived.journal.model = ask.model
    const target = await peel(ask.version, ask.model, options)
    if (matchesModel(options.filtered(), target.model)) {
      throw new GatewayError('model-not-found', `models/${ask.model} is not offered by this gateway.`)
    }
    return { ask, target }
  },
})

const peel = async (
  version: string,
  asked: string,
  { refinements, isListed }: ResolveModelOptions,
): Promise<Target> => {
  const suffixes: string[] = []
  let model = asked
  for (;;) {
    const owner = refinements.suffixes.find(({ suffix }) => model.endsWith(suffix) && model.length > suffix.length)
    if (owner === undefined || (await isListed(version, model))) break
    model = model.slice(0, -owner.suffix.length)
    if (suffixes.includes(owner.suffix)) continue
    suffixes.unshift(owner.suffix)
  }
  for (const name of suffixes) {
    const owner = refinements.suffixes.find(({ suffix }) => suffix === name)
    if (owner !== undefined && !owner.allows(model)) {
      throw new GatewayError('model-not-found', `models/${asked} does not exist: ${model} cannot be used with ${name}.`)
    }
  }
  return { asked, model, suffixes }
}
