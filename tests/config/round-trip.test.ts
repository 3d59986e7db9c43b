import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { acceptValue } from '#src/config/accept-value.ts'
import { declareSettings } from '#src/config/declared-settings.ts'
import { parseEnvFile } from '#src/config/parse-env-file.ts'
import { writeValue } from '#src/config/write-value.ts'
import { sampleSettings } from './sample-settings.ts'

const text = fc.string({ unit: 'binary' })
const entry = text.map(value => value.trim()).filter(value => value !== '')
const samples: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  COUNT: fc.integer({ min: 1, max: 10 }),
  PAUSE: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  ENABLED: fc.boolean(),
  COLOUR: fc.constantFrom('red', 'green'),
  NAME: text,
  MODELS: fc.array(entry),
  BUDGETS: fc.dictionary(text, fc.double({ noNaN: true, noDefaultInfinity: true })),
  RULES: fc.array(
    fc.record({ kind: fc.constantFrom('A', 'B'), limit: fc.maxSafeInteger() }, { noNullPrototype: true }),
  ),
  TOKENS: fc.array(entry),
  HEADERS: fc.dictionary(text, text),
}
const declared = declareSettings([{ owner: 'samples', settings: sampleSettings }])

test.each(Object.entries(samples))('whatever %s holds comes back equal from its text', (name, values) => {
  const declaration = declared.get(name)
  if (declaration === undefined) throw new Error(name)
  fc.assert(
    fc.property(values, value => {
      const accepted = acceptValue(declaration, structuredClone(value))
      if ('refusal' in accepted) throw new Error(accepted.refusal)
      expect(acceptValue(declaration, writeValue(accepted.value))).toEqual(accepted)
    }),
    { numRuns: 500 },
  )
})

test('any text in double quotes with its escapes comes back equal from a .env file', () => {
  fc.assert(
    fc.property(text, value => {
      const escaped = value.replace(/[\\"]/g, '\\$&').replaceAll('\r', '\\r')
      expect(parseEnvFile(`A="${escaped}"`).values.get('A')).toBe(value)
    }),
    { numRuns: 1000 },
  )
})

test('no text whatever makes the reader of .env files fail or run on', () => {
  const line = fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '`', '\\', '\n', '#', ' ', '$'), maxLength: 40 })
  fc.assert(
    fc.property(line, source => {
      const { values, faults } = parseEnvFile(source)
      expect(values.size + faults.length).toBeLessThanOrEqual(source.length)
    }),
    { numRuns: 2000 },
  )
})
