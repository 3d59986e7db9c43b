import { isRecord, type JsonObject } from './read-values.ts'

/** The names of all functions a request may declare, before any of it is checked. */
export const declaredNamesOf = (body: JsonObject): readonly string[] =>
  [body.tools, body.functions]
    .flat()
    .filter(isRecord)
    .flatMap(tool => [tool, tool.function, tool.custom].filter(isRecord))
    .map(definition => definition.name)
    .filter(name => typeof name === 'string')
