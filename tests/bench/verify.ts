import { answerTokens } from './bodies.ts'
import type { RunningGateway } from './gateway.ts'
import { eventCount } from './sse-server.ts'
import { bodies, headers, requestPath, type Size, streamPath, type Target } from './targets.ts'

/**
 * Figures of a proxy that answers wrongly are worth nothing: every target must give the upstream's own bytes.
 * @throws Error that names the target
 */
export const verifyRequests = async (targets: readonly Target[]): Promise<void> => {
  for (const size of ['small', 'large'] as const) {
    const expected = await ask(targets[0], requestPath(size), size)
    for (const target of targets) {
      if ((await ask(target, requestPath(size), size)) !== expected)
        throw new Error(`${target.name} changed the answer`)
    }
  }
}

/** @throws Error that names the target */
export const verifyStreams = async (targets: readonly Target[]): Promise<void> => {
  const expected = await ask(targets[0], streamPath(1), 'small')
  if (expected.split('data: ').length - 1 !== eventCount) throw new Error('the stream server lost events')
  for (const target of targets) {
    if ((await ask(target, streamPath(1), 'small')) !== expected) throw new Error(`${target.name} changed the stream`)
  }
}

/** Authentication and accounting must really be on. @throws Error that says what is off */
export const verifyGateway = async ({ port, readLog }: RunningGateway, path: string): Promise<void> => {
  const refused = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { ...headers, 'x-goog-api-key': 'nobody' },
    body: bodies.small,
  })
  await refused.text()
  if (refused.status !== 401) throw new Error(`a stranger was answered with ${refused.status}`)
  const before = await settled(readLog)
  await ask({ name: 'gemini-balance', port, proxy: null }, path, 'small')
  const after = await settled(readLog)
  const tokens = after.tokens - before.tokens
  if (after.rows !== before.rows + 1 || tokens !== answerTokens.prompt + answerTokens.output)
    throw new Error(`one request gave ${after.rows - before.rows} log rows with ${tokens} tokens`)
}

const ask = async (target: Target | undefined, path: string, size: Size): Promise<string> => {
  const address = `http://127.0.0.1:${target?.port}${path}`
  const response = await fetch(address, { method: 'POST', headers, body: bodies[size], proxy: false } as RequestInit)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${target?.name} answered ${response.status}: ${text.slice(0, 500)}`)
  return text
}

/** The log is written in the background, a moment later. */
const settled = async (readLog: RunningGateway['readLog']) => {
  await Bun.sleep(1000)
  return readLog()
}
