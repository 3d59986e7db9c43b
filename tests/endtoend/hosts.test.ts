import { afterAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { clientToken, startGateway } from '#tests/_gateway.ts'

const gateway = await startGateway({})
afterAll(() => gateway.stop())

const ask = (path: string, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(gateway.port, '127.0.0.1', () =>
      socket.write(
        Buffer.from(
          `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nx-goog-api-key: ${clientToken}\r\nConnection: close\r\n\r\n`,
          'latin1',
        ),
      ),
    )
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })

test.each(
  ['/keys', '/', '/v1beta/models', '/health'].flatMap(path =>
    [']' + '[', '\xff\xfe', '???', 'a?b', 'a/b', 'a b', 'a#b'].map(host => [path, host] as const),
  ),
)('%s asked of the host %j is refused shortly, and shows nothing of the program', async (path, host) => {
  const answer = await ask(path, host)
  expect(answer).toStartWith('HTTP/1.1 400')
  expect(answer.length).toBeLessThan(600)
})

test.each(['localhost', 'localhost:8000', '127.0.0.1:1', '[::1]:8000', 'my_host.example', 'a'])(
  'the host %s is fine',
  async host => {
    expect(await ask('/health', host)).toStartWith('HTTP/1.1 200')
  },
)
