import type { Conversion } from './conversion.ts'
import { canUse, type OwnTool } from './own-tools.ts'
import { type DeclaredTools, readTools } from './read-tools.ts'
import type { JsonObject } from './read-values.ts'
import { readToolChoice, toCallingConfig } from './tool-choice.ts'

export type PlacedTools = {
  readonly tools: readonly JsonObject[]
  readonly toolConfig: JsonObject | undefined
  /** Names of Google's own tools that were asked for and do not go up. */
  readonly leftOut: readonly string[]
  readonly read: DeclaredTools
}

/**
 * The tools of a request as the model takes them: functions first where it does not take Google's own beside them.
 * @param asked Google's own tools that were asked for outside of `tools`
 * @param wantsJson where a model takes no tools beside JSON, `tool_choice: none` leaves the tools out and not the JSON
 * @throws GatewayError
 */
export const placeTools = (
  body: JsonObject,
  asked: readonly OwnTool[],
  wantsJson: boolean,
  conversion: Conversion,
): PlacedTools => {
  const { can, ignored } = conversion
  const read = readTools(body, conversion)
  const choice = readToolChoice(body, read, conversion)
  const isNone = choice.kind === 'none'
  const takesFunctions = can.takesFunctions && !(isNone && wantsJson && !can.combinesToolsWithJson)
  const declarations = takesFunctions ? read.declarations : []
  if (!can.takesFunctions && read.declarations.length > 0) ignored.add(read.callForm)
  const wanted = isNone ? [] : uniqueByName([...read.own, ...asked])
  const fits = declarations.length === 0 || can.combinesTools
  const own = wanted.filter(tool => fits && canUse(can, tool.name))
  const leftOut = wanted.filter(tool => !own.includes(tool)).map(tool => tool.name)
  const callingConfig = declarations.length === 0 ? undefined : toCallingConfig(choice, conversion)
  // Google refuses to force what there is no function for.
  if (declarations.length === 0 && (choice.kind === 'one-of' || choice.kind === 'only')) ignored.add(choice.path)
  const isCombined = declarations.length > 0 && own.length > 0
  return {
    tools: [
      ...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []),
      ...own.map(tool => ({ [tool.name]: tool.options })),
    ],
    toolConfig:
      callingConfig === undefined && !isCombined
        ? undefined
        : {
            ...(callingConfig !== undefined && { functionCallingConfig: callingConfig }),
            ...(isCombined && { includeServerSideToolInvocations: true }),
          },
    leftOut,
    read,
  }
}

const uniqueByName = (tools: readonly OwnTool[]): readonly OwnTool[] =>
  [...new Map(tools.toReversed().map(tool => [tool.name, tool])).values()].toReversed()
