/** Paths that lead back to where they began; one for each place where a walk along the edges bites its own tail. */
export const findCycles = (edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] => {
  const cycles: (readonly string[])[] = []
  const finished = new Set<string>()
  const trail: string[] = []
  const visit = (node: string): void => {
    const place = trail.indexOf(node)
    if (place >= 0) cycles.push([...trail.slice(place), node])
    if (place >= 0 || finished.has(node)) return
    trail.push(node)
    for (const next of edges.get(node) ?? []) visit(next)
    trail.pop()
    finished.add(node)
  }
  for (const node of edges.keys()) visit(node)
  return cycles
}
