import type { Secret } from '../security/secret.ts'

/** A way to the upstream: through a proxy, or without one. */
export type WayOut = {
  /** `direct`, or the proxy's `scheme://host:port`; fit for logs. */
  readonly name: string
  /** What `fetch` takes as its proxy, with user and password; null: without one of ours. */
  readonly proxy: Secret | null
}

/** Without a proxy of ours; HTTPS_PROXY and NO_PROXY of the environment hold. */
export const directly: WayOut = { name: 'direct', proxy: null }
