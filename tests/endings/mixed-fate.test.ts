import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { clientToken, startGateway } from '#tests/_gateway.ts'
import { model } from './_ask.ts'
import { settled } from './_ledger.ts'

const fates: readonly KeyBehaviour[] = [
  'valid',
  'valid',
  'slow',
  'silent',
  'stalled',
  'cut',
  'cut-inside-event',
  'reset',
  'stream-error',
  'unavailable',
  'html-error',
  'empty',
  'blocked-answer',
  'invalid',
  'per-day',
  'per-minute',
]

type Client = {
  readonly requestId: string | undefined
  readonly status: number
  readonly hasLeft: boolean
  readonly text: string
}

/** Reads a stream over a socket of its own, and may leave: at once, or when the first bytes have come. */
const stream = (
  port: number,
  form: 'sse' | 'array',
  leaves: 'never' | 'at-once' | 'after-first-bytes',
): Promise<Client> =>
  new Promise(resolve => {
    const body = '{"contents":[{"parts":[{"text":"write 100 words"}]}]}'
    const socket = connect(port, '127.0.0.1')
    let text = ''
    let hasLeft = false
    const leave = () => {
      hasLeft = true
      socket.destroy()
    }
    socket.on('data', data => {
      text += data.toString('latin1')
      if (leaves === 'after-first-bytes') leave()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () =>
      resolve({
        requestId: /x-gemini-balance-request-id: (\S+)/i.exec(text)?.[1],
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
        hasLeft,
        text,
      }),
    )
    socket.write(
      `POST /v1beta/models/${model}:streamGenerateContent${form === 'sse' ? '?alt=sse' : ''} HTTP/1.1\r\n` +
        `Host: gateway.test\r\nConnection: close\r\nx-goog-api-key: ${clientToken}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
      () => {
        if (leaves === 'at-once') setTimeout(leave, 20)
      },
    )
  })

test('200 streams at once of every fate leave no lease, no upstream request, and one row each', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startGateway({
    keys: fates.map((behaviour, index) => ({ secret: `AQ.key-${index}-of-a-fate-of-its-own`, behaviour })),
    emulator: { delayMs: { betweenChunks: 5 } },
    settings: { MAX_RETRIES: '2', TIME_OUT: '2', PROGRESS_TIMEOUT_SECONDS: '1' },
  })
  cleanUp.defer(gateway.stop)
  const clients = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      stream(
        gateway.port,
        index % 3 === 0 ? 'array' : 'sse',
        index % 10 === 0 ? 'at-once' : index % 5 === 1 ? 'after-first-bytes' : 'never',
      ),
    ),
  )
  const { inFlight, openUpstream, rows } = await settled(gateway)
  expect({ inFlight, openUpstream, rows: rows.length }).toEqual({ inFlight: 0, openUpstream: 0, rows: 200 })
  expect([...gateway.services.pool.keys()].map(key => key.inFlight)).toEqual(fates.map(() => 0))

  const logged = await gateway.services.storage.findRequests({ limit: 1000 })
  const byId = new Map(logged.rows.map(row => [row.requestId, row]))
  expect(byId.size).toBe(200)
  const stayed = clients.filter(({ hasLeft }) => !hasLeft)
  expect(stayed.length).toBeGreaterThan(100)
  for (const { requestId, status, text } of stayed) {
    const row = byId.get(requestId ?? '')
    expect({ status: row?.statusCode, isTold: row?.outcome === 'failed' }).toEqual({
      status,
      isTold: text.includes('"error"'),
    })
  }
  expect(new Set(logged.rows.map(({ outcome }) => outcome))).toEqual(new Set(['finished', 'failed', 'abandoned']))
  expect(logged.rows.filter(({ errorCode }) => errorCode === 'internal')).toEqual([])
}, 30_000)
