import { isSet, type JsonObject } from './read-values.ts'

/** Enough for any honest request; the list travels in a header. */
const mostPaths = 100

/**
 * Collects what of a request could not be honoured, while it is converted. Paths are ASCII and name no place in a list
 * (`messages[].name`), so that a long conversation does not make a long list.
 */
export class Ignored {
  readonly #paths = new Set<string>()

  add(path: string): void {
    if (this.#isFull) return
    this.addExactly(path.replace(/\[\d+\]/g, '[]'))
  }

  /** Where only one element of a list is meant: `tools[3]`. */
  addExactly(path: string): void {
    if (this.#paths.size < mostPaths) this.#paths.add(path)
    else this.#paths.add('...')
  }

  /** Adds the members of an object that are set and not `known`. `path` is empty for the body itself. */
  addUnknown(object: JsonObject, known: ReadonlySet<string>, path: string): void {
    for (const name in object) {
      if (this.#isFull) return
      if (!known.has(name) && isSet(object[name])) this.add(path === '' ? asPath(name) : `${path}.${asPath(name)}`)
    }
  }

  /** When even the sign for all others is there. */
  get #isFull(): boolean {
    return this.#paths.size > mostPaths
  }

  list(): readonly string[] {
    return [...this.#paths]
  }
}

const longestName = 64

/** A member's name is the client's text: nothing of it may break out of a header. */
const asPath = (name: string) => encodeURIComponent(name.slice(0, longestName).toWellFormed())
