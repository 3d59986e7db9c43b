import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { clientToken, startCompiledGateway } from '#tests/_gateway.ts'
import { type Form, model } from './_ask.ts'
import { until } from './_ledger.ts'
import { chunk, event, head, type Manners, startOddUpstream } from './_odd-upstream.ts'

const megabyte = 1024 * 1024

/** Sends without end, as fast as it is taken. */
const endless =
  (contentType: string, opening: string, piece: string): Manners =>
  (socket, write) => {
    const bytes = Buffer.from(chunk(piece))
    const pour = () => {
      while (!socket.destroyed && write(bytes));
    }
    write(head(contentType) + chunk(opening))
    socket.on('drain', pour)
    pour()
  }

const text = 'x'.repeat(16_000)
const first = event('first')

const streams: readonly (readonly [string, Form, Manners])[] = [
  ['an event stream', 'sse', endless('text/event-stream', `data: ${first}\r\n\r\n`, `data: ${event(text)}\r\n\r\n`)],
  ['a JSON array', 'array', endless('application/json', `[${first}`, `,\r\n${event(text)}`)],
  ['an answer too large to hold', 'whole', endless('application/json', '{"text":"', text)],
]

const request = (port: number, form: Form): Socket => {
  const body = '{"contents":[{"parts":[{"text":"hello"}]}]}'
  const method = form === 'whole' ? 'generateContent' : `streamGenerateContent${form === 'sse' ? '?alt=sse' : ''}`
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  socket.write(
    `POST /v1beta/models/${model}:${method} HTTP/1.1\r\nHost: gateway.test\r\nx-goog-api-key: ${clientToken}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  )
  return socket
}

const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** When the number has stayed the same for a while. */
const comeToRest = async (count: () => number): Promise<number> => {
  for (;;) {
    const before = count()
    await Bun.sleep(700)
    if (count() === before) return before
  }
}

test.each(streams)(
  '%s without end and a reader that has stopped: memory is bounded, and the reader may go on',
  async (_name, form, manners) => {
    await using cleanUp = new AsyncDisposableStack()
    const upstream = await startOddUpstream(manners)
    cleanUp.defer(upstream.stop)
    const gateway = await startCompiledGateway({
      settings: { BASE_URL: `${upstream.url}/v1beta`, PROGRESS_TIMEOUT_SECONDS: '1', MAX_RETRIES: '1' },
    })
    cleanUp.defer(gateway.stop)
    const before = residentMegabytes(gateway.process.pid)

    const socket = request(gateway.port, form)
    let received = 0
    let isClosed = false
    socket.on('close', () => {
      isClosed = true
    })
    socket.on('data', data => {
      if (received === 0) socket.pause()
      received += data.length
    })
    await until(() => received > 0)
    // Longer than upstream may stand still: whoever does not read is not waited for.
    const sent = await comeToRest(upstream.sent)
    await Bun.sleep(1500)
    expect(upstream.sent()).toBe(sent)
    expect(sent).toBeLessThan(64 * megabyte)
    expect(residentMegabytes(gateway.process.pid) - before).toBeLessThan(100)
    expect(isClosed).toBe(false)

    const goal = received + sent + 5 * megabyte
    socket.resume()
    await until(() => received > goal || isClosed)
    expect(isClosed).toBe(false)
    socket.destroy()
    await until(() => upstream.open() === 0)
  },
  30_000,
)
