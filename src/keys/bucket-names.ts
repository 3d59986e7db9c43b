/** A bound on what a hostile client can cost: model names which clients made up and Google answered to. */
const mostAliases = 2000

/** Requested model → bucket of its quota, where Google told that they differ. */
export class BucketNames {
  readonly #aliases = new Map<string, string>()

  of(model: string): string {
    return this.#aliases.get(model) ?? model
  }

  learn(model: string, bucket: string): void {
    if (model === bucket) this.#aliases.delete(model)
    else if (model !== '' && this.#aliases.size < mostAliases) this.#aliases.set(model, bucket)
  }

  get entries(): readonly (readonly [string, string])[] {
    return [...this.#aliases]
  }
}
