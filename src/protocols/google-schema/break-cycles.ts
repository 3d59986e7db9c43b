import { findReferences, type Reference } from './find-references.ts'
import type { GoogleSchema } from './raw-schema.ts'

/**
 * Changes the definitions so that no circle of references is without an end: Google unrolls circles a few times and
 * therefore wants each to pass a property that is not required. So the property that closes a circle is taken out of
 * `required`; where a circle passes no property at all, the reference that closes it allows anything.
 */
export const breakCycles = (root: GoogleSchema, definitions: ReadonlyMap<string, GoogleSchema>): void => {
  const graph = new Map([...definitions].map(([name, schema]) => [name, findReferences(schema)] as const))
  if (closingReferences([...graph.keys()], graph).size === 0) return
  const hard = only(graph, reference => reference.property === undefined)
  const closing = closingReferences([...graph.keys()], hard)
  for (const { schema } of closing) delete schema.$ref
  const soft = only(graph, reference => !closing.has(reference))
  const order = orderOf(
    soft,
    only(hard, reference => !closing.has(reference)),
    findReferences(root),
  )
  const freed = new Map<GoogleSchema, Set<string>>()
  for (const [name, references] of soft)
    for (const { to, property } of references) {
      if (property === undefined || (order.get(to) ?? 0) > (order.get(name) ?? 0)) continue
      const names = freed.get(property.owner) ?? new Set()
      freed.set(property.owner, names.add(property.name))
    }
  for (const [owner, names] of freed) freeNames(owner, names)
}

type Graph = ReadonlyMap<string, readonly Reference[]>

const only = (graph: Graph, isWanted: (reference: Reference) => boolean): Graph =>
  new Map([...graph].map(([name, references]) => [name, references.filter(isWanted)]))

const freeNames = (owner: GoogleSchema, names: ReadonlySet<string>) => {
  const left = (owner.required as readonly string[]).filter(name => !names.has(name))
  if (left.length > 0) owner.required = left
  else delete owner.required
}

/**
 * Places of the definitions in which every reference without a property leads forward, and of the others as many as
 * can be. Twice in depth: the first order would be the right one, were it not for circles.
 */
const orderOf = (graph: Graph, hard: Graph, fromRoot: readonly Reference[]): ReadonlyMap<string, number> => {
  const starts = [...fromRoot.map(reference => reference.to), ...graph.keys()]
  const wished = visit(starts, graph).finished
  const order = visit(wished, hard).finished.toReversed()
  return new Map(order.map((name, index) => [name, index]))
}

const closingReferences = (starts: readonly string[], graph: Graph): ReadonlySet<Reference> =>
  visit(starts, graph).closing

/** Depth first, without recursion: chains of references may be as long as a request. */
const visit = (starts: readonly string[], graph: Graph) => {
  const states = new Map<string, 'open' | 'done'>()
  const finished: string[] = []
  const closing = new Set<Reference>()
  for (const start of starts) {
    if (states.has(start) || !graph.has(start)) continue
    const path = [{ name: start, next: 0 }]
    states.set(start, 'open')
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const reference = graph.get(at.name)?.[at.next++]
      if (reference === undefined) {
        states.set(at.name, 'done')
        finished.push(at.name)
        path.pop()
      } else if (states.get(reference.to) === 'open') closing.add(reference)
      else if (!states.has(reference.to)) {
        states.set(reference.to, 'open')
        path.push({ name: reference.to, next: 0 })
      }
    }
  }
  return { finished, closing }
}
