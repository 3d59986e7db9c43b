import type { Language } from './language.ts'

/** What every page needs besides its own content. */
export type Frame = {
  readonly language: Language
  /** Empty, or `/path` without a slash at the end; stands in front of every link. */
  readonly basePath: string
  /** Path of this page, base path included: where the language switch leads back to. */
  readonly path: string
  /** Addresses of the embedded files, base path included. */
  readonly assets: { readonly stylesheet: string; readonly script: string; readonly icon: string }
  readonly version: string
  /** A member has signed in; the token goes with every form and every unsafe request of htmx. */
  readonly visitor: { readonly kind: 'guest' } | { readonly kind: 'member'; readonly csrfToken: string }
}
