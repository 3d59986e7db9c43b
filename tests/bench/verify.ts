import { answerTokens } from './bodies.ts'
import { clientToken, type RunningGateway } from './gateway.ts'
import { eventCount } from './sse-server.ts'
import { plainShot, type Shot, streamShot, type Target } from './targets.ts'

/**
 * Figures of a proxy that answers wrongly are worth nothing: every target must give the upstream's own bytes.
 * @throws Error that names the target
 */
export const verifyRequests = async (targets: readonly Target[]): Promise<void> => {
  for (const size of ['small', 'large'] as const) {
    const expected = await ask(targets[0], plainShot(size))
    for (const target of targets) {
      if ((await ask(target, plainShot(size))) !== expected) throw new Error(`${target.name} changed the answer`)
    }
  }
}

/** @throws Error that names the target */
export const verifyStreams = async (targets: readonly Target[]): Promise<void> => {
  const expected = await ask(targets[0], streamShot(1))
  if (expected.split('data: ').length - 1 !== eventCount) throw new Error('the stream server lost events')
  for (const target of targets) {
    if ((await ask(target, streamShot(1))) !== expected) throw new Error(`${target.name} changed the stream`)
  }
}

/** Authentication and accounting must really be on. @throws Error that says what is off */
export const verifyGateway = async ({ port, readLog }: RunningGateway, shot: Shot): Promise<void> => {
  const refused = await send(port, strangersOf(shot))
  await refused.text()
  if (refused.status !== 401) throw new Error(`a stranger was answered with ${refused.status}`)
  const before = await settled(readLog)
  await ask({ name: 'gemini-balance', port, proxy: null }, shot)
  const after = await settled(readLog)
  const tokens = after.tokens - before.tokens
  if (after.rows !== before.rows + 1 || tokens !== answerTokens.prompt + answerTokens.output)
    throw new Error(`one request gave ${after.rows - before.rows} log rows with ${tokens} tokens`)
}

/** @returns the answer's text @throws Error unless it is a 200 */
export const ask = async (target: Target<string> | undefined, shot: Shot): Promise<string> => {
  const response = await send(target?.port ?? 0, shot)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${target?.name} answered ${response.status}: ${text.slice(0, 500)}`)
  return text
}

const send = (port: number, { path, headers, body }: Shot): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body, proxy: false } as RequestInit)

const strangersOf = (shot: Shot): Shot => {
  const headers = Object.entries(shot.headers).map(([name, value]) => [name, value.replace(clientToken, 'nobody')])
  return { ...shot, headers: Object.fromEntries(headers) }
}

/** The log is written in the background, a moment later. */
const settled = async (readLog: RunningGateway['readLog']) => {
  await Bun.sleep(1000)
  return readLog()
}
