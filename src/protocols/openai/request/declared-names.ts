import { isRecord, type JsonObject, mostElements } from './read-values.ts'

/** The names of all functions a request may declare, before any of it is checked. */
export const declaredNamesOf = (body: JsonObject): readonly string[] =>
  [body.tools, body.functions]
    .flatMap(list => (Array.isArray(list) ? list.slice(0, mostElements) : [list]))
    .filter(isRecord)
    .flatMap(tool => [tool, tool.function, tool.custom].filter(isRecord))
    .map(definition => definition.name)
    .filter(name => typeof name === 'string')
