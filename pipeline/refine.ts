import type { Plugin, PluginParts, PluginStage, Points, Suffix } from './plugin.ts'

/** A plugin with its parts made. */
export type LoadedPlugin = { readonly plugin: Plugin; readonly parts: PluginParts }

type PointStages = { readonly [Point in keyof Points]: readonly PluginStage<Point>[] }

/**
 * The plugins' stages and suffixes as they are switched on right now. Laid out anew when a switch moves, so that a
 * switched-off stage costs nothing.
 */
export class Refinements {
  readonly #loaded: readonly LoadedPlugin[]
  #stages: PointStages
  #suffixes: readonly Suffix[] = []
  #enabled: ReadonlySet<string> = new Set()

  constructor(loaded: readonly LoadedPlugin[], isEnabled: (plugin: string) => boolean) {
    this.#loaded = loaded
    this.#stages = collect([])
    this.switch(isEnabled)
  }

  switch(isEnabled: (plugin: string) => boolean): void {
    const active = this.#loaded.filter(({ plugin }) => isEnabled(plugin.name))
    this.#enabled = new Set(active.map(({ plugin }) => plugin.name))
    this.#stages = collect(active)
    // Longest first: `-thinking` would eat the end of `-non-thinking`.
    this.#suffixes = active
      .flatMap(({ parts }) => parts.suffixes ?? [])
      .sort((left, right) => right.suffix.length - left.suffix.length)
  }

  isEnabled(plugin: string): boolean {
    return this.#enabled.has(plugin)
  }

  /** Longest first. */
  get suffixes(): readonly Suffix[] {
    return this.#suffixes
  }

  /** The value after every switched-on stage of the point that applies, in the plugins' order. */
  refine<Point extends keyof Points>(
    point: Point,
    value: Points[Point]['value'],
    known: Points[Point]['known'],
  ): Points[Point]['value'] {
    let refined = value
    for (const stage of this.#stages[point] as readonly PluginStage<Point>[]) {
      if (stage.applies(known)) refined = stage.run(refined, known)
    }
    return refined
  }

  /** The stages of the point that apply to this exchange; empty costs nothing per event. */
  applying<Point extends keyof Points>(point: Point, known: Points[Point]['known']): readonly PluginStage<Point>[] {
    const stages = this.#stages[point] as readonly PluginStage<Point>[]
    return stages.length === 0 ? stages : stages.filter(stage => stage.applies(known))
  }
}

const collect = (active: readonly LoadedPlugin[]): PointStages => ({
  mode: stagesOf(active, 'mode'),
  payload: stagesOf(active, 'payload'),
  key: stagesOf(active, 'key'),
  response: stagesOf(active, 'response'),
  events: stagesOf(active, 'events'),
})

const stagesOf = <Point extends keyof Points>(active: readonly LoadedPlugin[], point: Point): PluginStage<Point>[] =>
  active.flatMap(({ parts }) => {
    const stage = parts.stages?.[point] as PluginStage<Point> | undefined
    return stage === undefined ? [] : [stage]
  })
