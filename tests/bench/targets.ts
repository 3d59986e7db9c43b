import { requestBody } from './bodies.ts'
import { clientToken } from './gateway.ts'
import type { Child } from './processes.ts'

/** Where load is sent: straight to the upstream, or through a proxy whose process is watched. */
export type Target<Name extends string = 'direct' | 'gemini-balance' | 'nginx'> = {
  readonly name: Name
  readonly port: number
  readonly proxy: Child | null
}

/** Model names of the plain requests; each stands for one size of answer. */
export const models = { small: 'gemini-3.8-flash', large: 'gemini-3.8-pro' }

export type Size = keyof typeof models

export const bodies: Readonly<Record<Size, string>> = { small: requestBody(2000), large: requestBody(64 * 1024) }

export const requestPath = (size: Size) => `/v1beta/models/${models[size]}:generateContent`

/** @param interval milliseconds between two events; the stream server of the benchmark reads it */
export const streamPath = (interval: number) =>
  `/v1beta/models/${models.small}:streamGenerateContent?alt=sse&interval=${interval}`

/** The same headers for every target, so that all of them read as much. */
export const headers: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  'x-goog-api-key': clientToken,
  'user-agent': 'google-genai-sdk/3.1.0 gl-node/20.20.2',
}

/** One request, as it is sent again and again; the name is that of its files. */
export type Shot = {
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const plainShot = (size: Size): Shot => ({ name: size, path: requestPath(size), headers, body: bodies[size] })

/** @param interval milliseconds between two events */
export const streamShot = (interval: number): Shot => ({
  name: 'stream',
  path: streamPath(interval),
  headers,
  body: bodies.small,
})
