import { matchesModel } from '#src/config/match-model.ts'
import type { Logger } from '#src/logging/logger.ts'
import type { ListedModel, ModelSource } from './plugin.ts'
import type { Refinements } from './refine.ts'

export type ModelCatalogueOptions = {
  /** One page of upstream's list. @throws GatewayError */
  readonly fetchPage: (version: string, pageToken: string | null) => Promise<ModelPage>
  readonly refinements: Refinements
  readonly filtered: () => readonly string[]
  /** How long a list is good for. */
  readonly seconds: () => number
  readonly now: () => number
  readonly logger: Logger
}

export type ModelPage = { readonly models: readonly ListedModel[]; readonly nextPageToken: string | null }

type Remembered = {
  readonly models: readonly ListedModel[]
  readonly names: ReadonlySet<string>
  readonly until: number
}

/** What Google lists, remembered for a while; many who ask at once cause one question. */
export class ModelCatalogue implements ModelSource {
  readonly #options: ModelCatalogueOptions
  readonly #remembered = new Map<string, Remembered>()
  readonly #underWay = new Map<string, Promise<Remembered>>()
  /** When upstream could not be asked it is not asked again at once: somebody's request would wait for it every time. */
  readonly #failed = new Map<string, { readonly error: unknown; readonly until: number }>()
  #generation = 0

  constructor(options: ModelCatalogueOptions) {
    this.#options = options
  }

  async list(version: string): Promise<readonly ListedModel[]> {
    const { models } = await this.#recall(version)
    const offered = models.filter(model => !matchesModel(this.#options.filtered(), bareName(model)))
    return [
      ...offered,
      ...this.#options.refinements.suffixes.flatMap(suffix =>
        offered
          .filter(isForContent)
          .filter(model => suffix.allows(bareName(model)) && suffix.offers?.(bareName(model)) !== false)
          .map(model => derive(model, suffix.suffix, suffix.label)),
      ),
    ]
  }

  /** Whether upstream lists this very name. When upstream cannot be asked, or does not answer soon: no. */
  async isListed(version: string, model: string): Promise<boolean> {
    try {
      const remembered = await soon(this.#recall(version))
      return remembered?.names.has(model) ?? false
    } catch (error) {
      this.#options.logger.debug('the model list could not be read', { error })
      return false
    }
  }

  /** Another upstream lists other models. */
  forget(): void {
    this.#generation++
    this.#remembered.clear()
    this.#underWay.clear()
    this.#failed.clear()
  }

  /** An old list is good enough while upstream is asked for a new one, and when it cannot be asked. */
  async #recall(version: string): Promise<Remembered> {
    const remembered = this.#remembered.get(version)
    if (remembered === undefined) return await this.#ask(version)
    if (remembered.until > this.#options.now()) return remembered
    this.#ask(version).catch(error => this.#options.logger.debug('the model list could not be renewed', { error }))
    return remembered
  }

  #ask(version: string): Promise<Remembered> {
    const failed = this.#failed.get(version)
    if (failed !== undefined && failed.until > this.#options.now()) return Promise.reject(failed.error)
    const underWay = this.#underWay.get(version)
    if (underWay !== undefined) return underWay
    const generation = this.#generation
    const asked = this.#learn(version).then(
      learned => {
        if (generation === this.#generation) this.#note(version, () => this.#remembered.set(version, learned))
        return learned
      },
      error => {
        const until = this.#options.now() + failureMilliseconds
        if (generation === this.#generation) this.#note(version, () => this.#failed.set(version, { error, until }))
        throw error
      },
    )
    this.#underWay.set(version, asked)
    return asked
  }

  #note(version: string, note: () => void) {
    this.#underWay.delete(version)
    this.#failed.delete(version)
    note()
  }

  async #learn(version: string): Promise<Remembered> {
    const models: ListedModel[] = []
    let pageToken: string | null = null
    do {
      const page: ModelPage = await this.#options.fetchPage(version, pageToken)
      models.push(...page.models)
      pageToken = page.nextPageToken
    } while (pageToken !== null && models.length < mostModels)
    return {
      models,
      names: new Set(models.map(bareName)),
      until: this.#options.now() + this.#options.seconds() * 1000,
    }
  }
}

const failureMilliseconds = 30_000

/** Somebody's request waits for it, for the sake of its model's name. */
const soonMilliseconds = 3000

const soon = async <Value>(coming: Promise<Value>): Promise<Value | null> => {
  let timer: Timer | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), soonMilliseconds)
  })
  try {
    return await Promise.race([coming, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A list that never ends must end somewhere. */
const mostModels = 20_000

const bareName = ({ name }: ListedModel) => name.slice(name.indexOf('/') + 1)

const isForContent = (model: ListedModel) => {
  const methods = model.supportedGenerationMethods
  return Array.isArray(methods) && methods.includes('generateContent')
}

const derive = (model: ListedModel, suffix: string, label: string): ListedModel => {
  const shown = typeof model.displayName === 'string' ? { displayName: `${model.displayName} ${label}` } : {}
  return { ...model, name: `${model.name}${suffix}`, ...shown }
}
