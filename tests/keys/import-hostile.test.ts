import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseKeys, TooManyKeys } from '#src/keys/import/parse-keys.ts'

const ten = 10_000_000

/** Ten megabytes each. What takes a time that grows with the square would not end in hours. */
const giants: Readonly<Record<string, () => string>> = {
  'one word': () => 'a'.repeat(ten),
  words: () => 'a '.repeat(ten / 2),
  'open brackets': () => '['.repeat(ten),
  'open objects': () => '{"a":'.repeat(ten / 5),
  quotes: () => '"'.repeat(ten),
  'lines of a quote': () => '"\n'.repeat(ten / 2),
  blanks: () => ' '.repeat(ten),
  hashes: () => ' #'.repeat(ten / 2),
  'an open string': () => `["${'\\'.repeat(ten)}`,
  'a table with an open quote': () => `key,note\n"${'""'.repeat(ten / 2)}`,
  'a table with open quotes': () => `key,note\n${'"""x\n'.repeat(ten / 20)}`,
  'names without values': () => 'API_KEYS=\n'.repeat(ten / 10),
  'one setting': () => `${'A_'.repeat(ten / 2)}=1`,
  'brackets around nothing': () => `${'('.repeat(ten / 2)}${')'.repeat(ten / 2)}`,
}

test.each(Object.entries(giants))('ten megabytes of %s are read to the end', (_name, make) => {
  let count = 0
  try {
    for (const piece of parseKeys(make())) {
      expect(piece.kind).toBe('refused')
      if (++count > 1000) break
    }
  } catch (error) {
    expect(error).toBeInstanceOf(TooManyKeys)
  }
})

test('more values of JSON than keys could need are refused before they fill the memory', () => {
  expect(() => [...parseKeys(`[[${'0,'.repeat(2_000_000)}0]]`)]).toThrow(TooManyKeys)
})

test('no text breaks the parser, and no reason repeats the text', () => {
  const signs = fc.constantFrom(
    ...'[]{}"\'\\,;:=#|\t\n\r -*.',
    'key',
    'API_KEYS=',
    'AQ.Ab8RN6-0123456789abc',
    'null',
    '\ufeff',
    '…',
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(signs, { maxLength: 60 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(texts, text => {
      const lines = text.split(/\r\n|\n|\r/).length
      for (const piece of parseKeys(text)) {
        if (piece.line < 1 || piece.line > lines) throw new Error(`line ${piece.line} of ${lines}`)
        if (piece.kind === 'refused' && piece.reason === '') throw new Error('no reason')
      }
    }),
    { numRuns: 3000 },
  )
})

test('whatever stands between keys, each is found once and in its place', () => {
  const key = fc
    .stringMatching(/^[A-Za-z0-9_-]{10}[0-9][A-Za-z0-9_.-]{12,40}[a-z]$/)
    .filter(text => !/^(eyJ|ya29)|\.\.\.|x{8}/i.test(text))
  const between = fc.constantFrom('\n', '\r\n', ',', ', ', ';', '\t', ' ', '\n\n', '","', "' '", ',\n')
  fc.assert(
    fc.property(fc.array(fc.tuple(key, between), { minLength: 1, maxLength: 30 }), parts => {
      const found = [...parseKeys(parts.flat().join(''))].map(piece =>
        piece.kind === 'key' ? piece.secret.reveal() : `refused: ${piece.reason}`,
      )
      expect(found).toEqual(parts.map(([text]) => text))
    }),
    { numRuns: 300 },
  )
})
