import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { type CompiledGateway, clientToken, startCompiledGateway } from '#tests/_gateway.ts'
import { sendRaw } from './_raw-socket.ts'

let gateway: CompiledGateway
beforeAll(async () => {
  gateway = await startCompiledGateway({ settings: { BODY_TIMEOUT_SECONDS: '1' } })
})
afterAll(() => gateway.stop())

const head = (...headers: string[]) =>
  [
    'POST /v1beta/models/gemini-3.8-flash:generateContent HTTP/1.1',
    'Host: gateway.test',
    `x-goog-api-key: ${clientToken}`,
    ...headers,
    '',
    '',
  ].join('\r\n')

const timedOut = {
  status: 408,
  isClosed: true,
  error: { code: 408, status: 'DEADLINE_EXCEEDED', message: expect.stringContaining('within 1 second') },
}

describe.concurrent('A client that sends half a request and waits', () => {
  test.each([
    ['of known length', [head('Content-Length: 1000'), '{"contents":[']],
    ['of known length, and nothing of it', [head('Content-Length: 1000')]],
    ['in chunks', [head('Transfer-Encoding: chunked'), 'd\r\n{"contents":[\r\n']],
    ['in chunks, in the middle of one', [head('Transfer-Encoding: chunked'), 'ff\r\n{"contents":[']],
  ])('is told so and let go, for a body %s', async (_what, pieces) => {
    const { status, body, isClosed } = await sendRaw(gateway.port, pieces, { untilClosed: true })
    expect({ status, isClosed, ...JSON.parse(body) }).toEqual(timedOut)
  })

  test('is told so even while it keeps dripping', async () => {
    const socket = connect(gateway.port, '127.0.0.1')
    socket.on('error', () => socket.destroy())
    socket.write(head('Content-Length: 100000'))
    const drip = setInterval(() => socket.write(' '), 50)
    const answer = await new Promise<string>(resolve => socket.once('data', data => resolve(data.toString())))
    clearInterval(drip)
    socket.destroy()
    expect(answer).toStartWith('HTTP/1.1 408 ')
  })

  test.each([
    ['nothing', ''],
    ['a piece of a head', 'POST /v1beta/models HTTP/1.1\r\nHost: gatew'],
  ])(
    'is let go, for %s',
    async (_what, text) => {
      const { isClosed } = await sendRaw(gateway.port, [text], { untilClosed: true })
      expect(isClosed).toBe(true)
    },
    50_000,
  )

  test('and leaves in the middle disturbs nobody', async () => {
    const socket = connect(gateway.port, '127.0.0.1')
    socket.write(`${head('Content-Length: 1000')}{"contents"`)
    await new Promise(resolve => setTimeout(resolve, 50))
    socket.destroy()
    const { status } = await sendRaw(gateway.port, [`${head('Content-Length: 2')}{}`])
    expect(status).toBe(400)
  })
})

test('Whoever sends slowly, but in time, is served', async () => {
  const body = '{"contents":[{"parts":[{"text":"hello"}]}]}'
  const socket = connect(gateway.port, '127.0.0.1')
  const answered = new Promise<string>(resolve => socket.once('data', data => resolve(data.toString())))
  for (const piece of [head(`Content-Length: ${body.length}`), body.slice(0, 9), body.slice(9)]) {
    socket.write(piece)
    await Bun.sleep(100)
  }
  expect(await answered).toStartWith('HTTP/1.1 200 ')
  socket.destroy()
})

test('Nobody is asked on behalf of half a request, and no error is logged', () => {
  expect(gateway.emulator.requests.filter(({ bodyText }) => !bodyText.endsWith('}'))).toEqual([])
  expect(gateway.output()).not.toContain('"level":"error"')
})
