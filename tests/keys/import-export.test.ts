import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseKeys } from '#src/keys/import/parse-keys.ts'
import { type ExportedKey, exportFormats, writeKeys } from '#src/keys/import/write-keys.ts'
import { Secret } from '#src/security/secret.ts'

const exported = (secret: string, more: Partial<ExportedKey> = {}): ExportedKey => ({
  secret: new Secret(secret),
  kind: 'gemini',
  project: null,
  priority: 0,
  tags: [],
  note: '',
  enabled: true,
  ...more,
})

/** What an import of the text would make of it, nothing left out. */
const readBack = (text: string): readonly object[] =>
  [...parseKeys(text)].map(piece => {
    if (piece.kind === 'refused') throw new Error(`line ${piece.line}: ${piece.reason}`)
    return { ...exported('x'.repeat(20)), ...piece.fields, secret: piece.secret.reveal() }
  })

const plain = (keys: readonly ExportedKey[]) => keys.map(key => ({ ...key, secret: key.secret.reveal() }))

const keys = [
  exported('AQ.Ab8RN6-one-0123456789'),
  exported('AIzaSyTwo0123456789abcdef', { kind: 'vertex-express', project: 'p-1', priority: -3, enabled: false }),
  exported('odd,key;with"every\'sign#[0123456789]', { tags: ['a', 'b c'], note: 'he said "no", twice; then left' }),
  exported('=cmd|calc!A1-0123456789abc', { project: '=1+1', tags: ['@x'], note: "'-1" }),
]

test.each([['json' as const], ['csv' as const]])(
  'keys written as %s come back with all that is said of them',
  format => {
    expect(readBack(writeKeys(keys, format))).toEqual(plain(keys))
  },
)

test('keys written as text come back, one a line, also those with commas inside', () => {
  const text = writeKeys(keys, 'text')
  expect(text.split('\n')).toHaveLength(keys.length + 1)
  expect(text).toStartWith('AQ.Ab8RN6-one-0123456789\n')
  expect(readBack(text)).toEqual(plain(keys.map(key => exported(key.secret.reveal()))))
})

test.each(exportFormats)('no keys are written as %s that has none', format => {
  expect(readBack(writeKeys([], format))).toEqual([])
})

test('any key with anything said of it survives a spreadsheet and JSON', () => {
  const text = fc
    .string({ unit: fc.constantFrom(...'=+-@\'"; ,|\tab1#é＝') })
    .map(found => found.replace(/\t/g, ' ').trim())
  const tag = text
    .map(found => found.replace(/[,;|]/g, ''))
    .map(found => found.trim())
    .filter(found => found !== '')
  const key = fc.record({
    secret: fc.stringMatching(/^[!-~]{8}[0-9]abcdefgh[!-~]{6,30}$/).filter(secret => isKey(secret)),
    kind: fc.constantFrom('gemini' as const, 'vertex-express' as const),
    project: fc.oneof(
      fc.constant(null),
      text.filter(found => found !== ''),
    ),
    priority: fc.integer({ min: -1000, max: 1000 }),
    tags: fc.uniqueArray(tag, { maxLength: 4 }),
    note: text,
    enabled: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(key, { maxLength: 6 }), fc.constantFrom('json' as const, 'csv' as const), (found, format) => {
      const written = found.map(({ secret, ...rest }) => exported(secret, rest))
      expect(readBack(writeKeys(written, format))).toEqual(plain(written))
    }),
    { numRuns: 500 },
  )
})

const isKey = (secret: string) => [...parseKeys(JSON.stringify([secret]))].every(({ kind }) => kind === 'key')

test('no cell of a table begins like a formula', () => {
  const rows = writeKeys(keys, 'csv').split('\r\n').slice(1, -1)
  const begins = rows.flatMap(row => row.match(/(?<=^|,)"?[^,]/g) ?? []).map(cell => cell.replace('"', ''))
  expect(begins.filter(sign => /^[=+@\t]/.test(sign))).toEqual([])
  expect(rows[3]).toBe(`'=cmd|calc!A1-0123456789abc,gemini,'=1+1,0,'@x,''-1,true`)
})
