import type { Conversion } from './conversion.ts'
import { canUse, type OwnTool } from './own-tools.ts'
import { readObject } from './read-values.ts'

/** `web_search_options` asks for a search as such; its wishes about place and size have no counterpart at Google. @throws GatewayError */
export const readWebSearch = (value: unknown, { can, ignored }: Conversion): readonly OwnTool[] => {
  const options = readObject(value, 'web_search_options')
  if (options === undefined) return []
  if (!canUse(can, 'googleSearch')) {
    ignored.add('web_search_options')
    return []
  }
  ignored.addUnknown(options, new Set(), 'web_search_options')
  return [{ name: 'googleSearch', options: {} }]
}
