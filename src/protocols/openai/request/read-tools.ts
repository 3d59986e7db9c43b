import type { Conversion } from './conversion.ts'
import { missing, unsupported } from './faults.ts'
import { isSearchFunction, type OwnTool, readOwnTool } from './own-tools.ts'
import { readParameters } from './read-schema.ts'
import {
  isRecord,
  isSet,
  type JsonObject,
  readChoice,
  readObject,
  readShortList,
  readText,
  requireObject,
  requireText,
} from './read-values.ts'

export type DeclaredTools = {
  readonly declarations: readonly JsonObject[]
  /** The client's names of what is declared, custom tools as well. */
  readonly declared: ReadonlySet<string>
  /** Custom tools, by the name that goes up. */
  readonly custom: ReadonlySet<string>
  readonly own: readonly OwnTool[]
  readonly callForm: 'tools' | 'functions'
}

/**
 * Reads `tools`, or the deprecated `functions` where there are none.
 * @throws GatewayError
 */
export const readTools = (body: JsonObject, conversion: Conversion): DeclaredTools => {
  const tools = isRecord(body.tools) ? [body.tools] : (readShortList(body.tools, 'tools') ?? [])
  const functions = readShortList(body.functions, 'functions') ?? []
  const reader = new ToolReader(conversion)
  if (tools.length > 0) {
    if (functions.length > 0) conversion.ignored.add('functions')
    tools.forEach((tool, index) => {
      reader.readTool(tool, `tools[${index}]`)
    })
    return reader.result('tools')
  }
  functions.forEach((declaration, index) => {
    reader.readFunction(requireObject(declaration, `functions[${index}]`), `functions[${index}]`, `functions[${index}]`)
  })
  return reader.result(functions.length > 0 ? 'functions' : 'tools')
}

class ToolReader {
  readonly #conversion: Conversion
  readonly #declarations: JsonObject[] = []
  readonly #declared = new Set<string>()
  readonly #custom = new Set<string>()
  readonly #own: OwnTool[] = []

  constructor(conversion: Conversion) {
    this.#conversion = conversion
  }

  readTool(value: unknown, path: string): void {
    const tool = requireObject(value, path)
    const own = readOwnTool(tool)
    if (own !== undefined) {
      this.#addOwn(own)
      return
    }
    const type = requireText(tool.type, `${path}.type`)
    if (type !== 'function' && type !== 'custom') throw unsupported(`${path}.type`, type, ['function', 'custom'])
    this.#conversion.ignored.addUnknown(tool, new Set(['type', type]), path)
    const definition = requireObject(tool[type], `${path}.${type}`)
    if (type === 'function') this.readFunction(definition, `${path}.function`, path)
    else this.#readCustom(definition, `${path}.custom`, path)
  }

  /** @param element path of what is listed where the name is taken already */
  readFunction(definition: JsonObject, path: string, element: string): void {
    const name = requireText(definition.name, `${path}.name`)
    const description = readText(definition.description, `${path}.description`)
    const parameters = readParameters(definition.parameters, name, `${path}.parameters`, this.#conversion)
    if (isSearchFunction(name)) {
      this.#addOwn({ name: 'googleSearch', options: {} })
      return
    }
    this.#conversion.ignored.addUnknown(definition, functionMembers, path)
    this.#declare(name, element, {
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parametersJsonSchema: parameters }),
    })
  }

  result(callForm: DeclaredTools['callForm']): DeclaredTools {
    return {
      declarations: this.#declarations,
      declared: this.#declared,
      custom: this.#custom,
      own: this.#own,
      callForm,
    }
  }

  #readCustom(definition: JsonObject, path: string, element: string): void {
    const name = requireText(definition.name, `${path}.name`)
    const description = readText(definition.description, `${path}.description`) ?? ''
    const grammar = readGrammar(definition.format, `${path}.format`)
    this.#conversion.ignored.addUnknown(definition, customMembers, path)
    if (grammar !== undefined) this.#conversion.ignored.add(`${path}.format`)
    const words = [description, grammar ?? ''].filter(text => text !== '').join('\n\n')
    const isNew = this.#declare(name, element, {
      ...(words !== '' && { description: words }),
      parametersJsonSchema: freeText,
    })
    if (isNew) this.#custom.add(this.#conversion.names.toGoogle(name))
  }

  /** Google refuses a name that is declared twice. */
  #declare(name: string, element: string, rest: JsonObject): boolean {
    if (this.#declared.has(name)) {
      this.#conversion.ignored.addExactly(element)
      return false
    }
    this.#declared.add(name)
    this.#declarations.push({ name: this.#conversion.names.toGoogle(name), ...rest })
    return true
  }

  #addOwn(tool: OwnTool): void {
    if (!this.#own.some(own => own.name === tool.name)) this.#own.push(tool)
  }
}

/** `strict` is listed as ignored: Google has nothing like it for calls. */
const functionMembers = new Set(['name', 'description', 'parameters'])

const customMembers = new Set(['name', 'description', 'format'])

const freeText = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as free text.' } },
  required: ['input'],
}

/** A grammar cannot be enforced at Google; the model is told of it. */
const readGrammar = (value: unknown, path: string): string | undefined => {
  const format = readObject(value, path)
  if (format === undefined || readChoice(format.type, ['text', 'grammar'], `${path}.type`) !== 'grammar')
    return undefined
  const grammar = requireObject(format.grammar, `${path}.grammar`)
  if (!isSet(grammar.definition)) throw missing(`${path}.grammar.definition`)
  const definition = readText(grammar.definition, `${path}.grammar.definition`)
  const syntax = readChoice(grammar.syntax, ['lark', 'regex'], `${path}.grammar.syntax`) ?? 'lark'
  return `The input must match this grammar (${syntax}):\n${definition}`
}
