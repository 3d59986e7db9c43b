import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { descriptorTable } from '#src/emulator/wire/descriptor-table.ts'
import { call, emulatorForTests, generatePath } from './support.ts'

const emulator = emulatorForTests()

/** Any JSON whose names are mostly those of the API, so that it gets far. */
const names = Object.values(descriptorTable).flatMap(fields => Object.keys(fields))
const someName = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() })
const scalar = fc.oneof(
  fc.constantFrom('a', 'user', 'model', 'OBJECT', 'AAAA', 'application/json', 1, -1, 1e12, true, null),
  fc.string(),
)
const { json } = fc.letrec(tie => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(someName, tie('json'), { maxKeys: 5 }),
  ),
}))

test('no body makes the emulator itself fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(someName, json, { maxKeys: 6 }), async members => {
      const body = { contents: [{ role: 'user', parts: [{ text: 'a' }] }], ...members }
      for (const path of [generatePath('gemini-3.8-flash'), '/v1beta/models/gemini-2.5-flash:countTokens']) {
        const { status, text } = await call(emulator, path, body)
        expect([200, 400, 403]).toContain(status)
        expect(text).not.toContain('The emulator itself failed')
      }
    }),
    { numRuns: 400, seed: 20261123 },
  )
})
