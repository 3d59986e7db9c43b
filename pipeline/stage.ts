/**
 * A step of the pipeline: needs some facts, adds others. `run` must stay a property: as a method its parameter would be
 * bivariant, and a stage in the wrong place would compile.
 */
export type Stage<Needs, Adds> = {
  readonly name: string
  readonly run: (known: Needs) => Adds | Promise<Adds>
}

/** A stage failed; tells which. */
export class StageFailure extends Error {
  override readonly name = 'StageFailure'
  readonly stage: string

  constructor(stage: string, cause: unknown) {
    super(`the stage ${stage} failed`, { cause })
    this.stage = stage
  }
}

/** Stages in order. `step` takes a stage only if what it needs is known by then. */
export class Spine<Start extends object, Known> {
  readonly #stages: readonly Stage<never, unknown>[]

  private constructor(stages: readonly Stage<never, unknown>[]) {
    this.#stages = stages
  }

  static from<Start extends object>(): Spine<Start, Start> {
    return new Spine<Start, Start>([])
  }

  /** Not called `then`: that would make the spine a thenable, and the first `await` of it would hang. */
  step<Adds>(stage: Stage<Known, Adds>): Spine<Start, Known & Adds> {
    return new Spine<Start, Known & Adds>([...this.#stages, stage])
  }

  get names(): readonly string[] {
    return this.#stages.map(stage => stage.name)
  }

  /** @throws StageFailure */
  async run(start: Start): Promise<Known> {
    // One object that grows; its type tells each stage only what is in it by then.
    const known: object = { ...start }
    for (const stage of this.#stages as readonly Stage<unknown, object>[]) {
      try {
        const added = stage.run(known)
        Object.assign(known, added instanceof Promise ? await added : added)
      } catch (error) {
        throw error instanceof StageFailure ? error : new StageFailure(stage.name, error)
      }
    }
    return known as Known
  }
}
