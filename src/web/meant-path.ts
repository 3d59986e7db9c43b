import { repairPath } from './repair-path.ts'
import { splitUrl } from './split-url.ts'

/** A sentence, after a space, that names the path a wrong one may have been meant for; empty where none comes to mind. */
export const meantPath = (request: Request, basePath: string): string => {
  const { path } = splitUrl(request.url)
  if (!path.startsWith(`${basePath}/`)) return ''
  const repaired = repairPath(request.method, path.slice(basePath.length))
  // The path is the caller's text: only what is plain is repeated.
  if (repaired === null || !/^[\w./:-]{1,200}$/.test(repaired)) return ''
  return ` Did you mean ${basePath}${repaired}? URL_NORMALIZATION_ENABLED repairs such paths by itself.`
}
