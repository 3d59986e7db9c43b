import { matchesModel } from '#src/config/match-model.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Ask, Authenticated, Reading, Target } from '../exchange.ts'
import type { Refinements } from '../refine.ts'
import type { Stage } from '../stage.ts'

export type ResolveModelOptions = {
  readonly refinements: Refinements
  /** Whether upstream itself lists this very name; such a name is never shortened. */
  readonly isListed: (version: string, model: string) => Promise<boolean>
  readonly filtered: () => readonly string[]
}

/**
 * Reads what is asked for, peels the suffixes off the model's name, longest first, in any order they stand, and has a
 * body of another dialect translated for the model that is left.
 */
export const resolveModel = (
  options: ResolveModelOptions,
): Stage<Authenticated, { readonly ask: Ask; readonly target: Target | null }> => ({
  name: 'resolve-model',
  run: async arrived => {
    const resolved = await resolve(arrived, options)
    // Until here an error can have a status of its own: no sign of life goes out before.
    arrived.journal.isRead = true
    return resolved
  },
})

const resolve = async (arrived: Authenticated, options: ResolveModelOptions) => {
  const startedAt = performance.now()
  const reading = arrived.door.read(arrived)
  const read = reading instanceof Promise ? await reading : reading
  arrived.stopwatch.receive += performance.now() - startedAt
  arrived.journal.method = read.method
  arrived.journal.stream = read.stream
  if (read.model === null) return { ask: await toAsk(read, null, arrived), target: null }
  arrived.journal.model = read.model
  const target =
    read.isLiteral === true
      ? { asked: read.model, model: read.model, suffixes: [] }
      : await peel(read.version, read.model, options)
  if (matchesModel(options.filtered(), target.model)) {
    throw new GatewayError('model-not-found', `models/${read.model} is not offered by this gateway.`)
  }
  return { ask: await toAsk(read, target, arrived), target }
}

const toAsk = async (read: Reading, target: Target | null, { stopwatch }: Authenticated): Promise<Ask> => {
  const { body } = read
  if (body.kind !== 'foreign') return { ...read, body }
  if (target === null) throw new GatewayError('internal', 'A body that names no model cannot be translated.')
  const startedAt = performance.now()
  const received = stopwatch.receive
  const translated = await body.translate(target)
  // Fetching what the body names is counted as receiving it.
  stopwatch.translate += performance.now() - startedAt - (stopwatch.receive - received)
  return { ...read, ...translated }
}

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
