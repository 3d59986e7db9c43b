import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Secret } from '#src/security/secret.ts'
import { plainResponse } from '#src/upstream/plain-response.ts'
import { SecretSieve } from '#src/upstream/secret-sieve.ts'

const text = 'an answer, '.repeat(1000)

test.each([
  ['gzip', Bun.gzipSync(text)],
  ['GZIP', Bun.gzipSync(text)],
  ['zstd', Bun.zstdCompressSync(text)],
] as const)('what came as %s is read as it was before', async (coding, body) => {
  const plain = plainResponse(new Response(body, { headers: { 'content-encoding': coding, 'content-length': '7' } }))
  expect(await plain?.text()).toBe(text)
  expect([plain?.headers.has('content-encoding'), plain?.headers.has('content-length')]).toEqual([false, false])
})

test('what came plain is the very same response', () => {
  const response = new Response('x')
  expect(plainResponse(response)).toBe(response)
})

test('a coding nobody knows is told', () => {
  expect(plainResponse(new Response('x', { headers: { 'content-encoding': 'rot13' } }))).toBeNull()
})

test('a sieve finds the secret however the bytes are cut', () => {
  const secret = 'AQ.ab-key/with+signs'
  const whole = `start ${secret} middle ${encodeURIComponent(secret)}${secret} end AQ.ab`
  const expected = 'start [redacted] middle [redacted][redacted] end AQ.ab'
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 100 }), sizes => {
      const sieve = new SecretSieve(new Secret(secret))
      const bytes = Buffer.from(whole)
      const out: Buffer[] = []
      let from = 0
      for (const size of [...sizes, bytes.length]) {
        out.push(Buffer.from(sieve.push(bytes.subarray(from, from + size))))
        from += size
      }
      out.push(sieve.end())
      expect(Buffer.concat(out).toString()).toBe(expected)
    }),
  )
})
