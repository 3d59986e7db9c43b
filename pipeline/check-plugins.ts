import type { LoadedPlugin } from './refine.ts'

/**
 * Refuses a set of plugins that cannot work, with a sentence that names both sides. Settings declared twice are refused
 * by the settings themselves; a stage at an unknown point does not compile.
 * @throws Error
 */
export const checkPlugins = (loaded: readonly LoadedPlugin[]): void => {
  const names = new Set<string>()
  const suffixes = new Map<string, string>()
  for (const { plugin, parts } of loaded) {
    if (names.has(plugin.name)) throw new Error(`Two plugins are called ${plugin.name}.`)
    names.add(plugin.name)
    for (const { suffix } of parts.suffixes ?? []) {
      const owner = suffixes.get(suffix)
      if (owner !== undefined) throw new Error(`The suffix ${suffix} belongs to both ${owner} and ${plugin.name}.`)
      suffixes.set(suffix, plugin.name)
    }
  }
}

/** Refuses two plugins that answer the same verb and path. @throws Error */
export const checkRoutes = (
  routes: readonly { readonly plugin: string; readonly method: string; readonly path: string }[],
): void => {
  const owners = new Map<string, string>()
  for (const { plugin, method, path } of routes) {
    const place = `${method} ${path}`
    const owner = owners.get(place)
    if (owner !== undefined) throw new Error(`The route ${place} belongs to both ${owner} and ${plugin}.`)
    owners.set(place, plugin)
  }
}
