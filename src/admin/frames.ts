import { assetAddress } from '#src/web/assets.ts'
import type { Frame } from '#templates/frame.ts'
import type { Session } from './sessions.ts'
import { languageOf } from './visitor-language.ts'

/** Makes what stands around a page. `path` is the page's own, without the base path. */
export type MakeFrame = (request: Request, path: string, session?: Session) => Frame

/** The addresses of the embedded files are worked out once, here. */
export const createFrames = (options: { readonly basePath: string; readonly version: string }): MakeFrame => {
  const { basePath, version } = options
  const assets = {
    stylesheet: basePath + assetAddress('app.css'),
    script: basePath + assetAddress('htmx-4.0.1.min.js'),
    icon: basePath + assetAddress('icon.svg'),
  }
  return (request, path, session) => ({
    language: languageOf(request),
    basePath,
    path: basePath + path,
    assets,
    version,
    visitor: session === undefined ? { kind: 'guest' } : { kind: 'member', csrfToken: session.csrfToken },
  })
}
