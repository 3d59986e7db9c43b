import { expect, test } from 'bun:test'
import { parseKeys, TooManyKeys } from '#src/keys/import/parse-keys.ts'

const one = 'AQ.Ab8RN6-one_0123456789'
const two = 'AIzaSyTwo0123456789abcdef'
const three = 'key/of+an.odd=shape:0123456789'

type Piece = readonly [
  line: number,
  ...(readonly [key: string, fields?: object] | readonly ['refused', reason: string]),
]

const read = (text: string): readonly Piece[] =>
  [...parseKeys(text)].map(piece =>
    piece.kind === 'refused'
      ? [piece.line, 'refused', piece.reason]
      : Object.keys(piece.fields).length > 0
        ? [piece.line, piece.secret.reveal(), piece.fields]
        : [piece.line, piece.secret.reveal()],
  )

const lists: readonly (readonly [name: string, text: string, pieces: readonly Piece[]])[] = [
  [
    'lines',
    `${one}\n${two}\n`,
    [
      [1, one],
      [2, two],
    ],
  ],
  [
    'lines of Windows and a byte order mark',
    `\ufeff${one}\r\n\r\n${two}\r\n`,
    [
      [1, one],
      [3, two],
    ],
  ],
  [
    'lines of an old Mac',
    `${one}\r${two}`,
    [
      [1, one],
      [2, two],
    ],
  ],
  [
    'commas, semicolons, tabs and spaces',
    `${one},${two};${three}\t${one}  ${two}`,
    [
      [1, one],
      [1, two],
      [1, three],
      [1, one],
      [1, two],
    ],
  ],
  [
    'Chinese punctuation',
    `${one}，${two}；「${three}」`,
    [
      [1, one],
      [1, two],
      [1, three],
    ],
  ],
  [
    'quotes and brackets',
    `["${one}", '${two}',]\n(${three})\n“${one}”`,
    [
      [1, one],
      [1, two],
      [2, three],
      [3, one],
    ],
  ],
  [
    'a JSON list with its lines',
    `[\n  "${one}",\n  "${two}"\n]`,
    [
      [2, one],
      [3, two],
    ],
  ],
  [
    "Python's quotes",
    `['${one}', '${two}']`,
    [
      [1, one],
      [1, two],
    ],
  ],
  ['comments', `# ${one}\n${two} # mine\n  #\n`, [[2, two]]],
  [
    'lists with bullets and numbers',
    `- ${one}\n* ${two}\n3. ${three}`,
    [
      [1, one],
      [2, two],
      [3, three],
    ],
  ],
  ['invisible signs around a key', `\u200b${one}\u00a0`, [[1, one]]],
  ['nothing', ' \n\n[]\n""', []],
  [
    'an .env file',
    `export API_KEYS=["${one}",\n  "${two}"]\nPAID_KEY=${three}\nVERTEX_API_KEYS='${one},${two}'\nPORT=8000\nAUTH_TOKEN=not-a-key-0123456789abcdef`,
    [
      [1, one],
      [2, two],
      [3, three, { priority: 1 }],
      [4, one, { kind: 'vertex-express' }],
      [4, two, { kind: 'vertex-express' }],
      [5, 'refused', 'a setting that holds no keys for Gemini'],
      [6, 'refused', 'a setting that holds no keys for Gemini'],
    ],
  ],
  ['a key that ends like an assignment', `ABCDEFGHIJKLMNOPQRSTUVWX12==`, [[1, 'ABCDEFGHIJKLMNOPQRSTUVWX12==']]],
  [
    'JSON objects under any of the usual names',
    `[{"key":"${one}","project":"p-1","priority":2,"tags":["a","b"],"note":"n","kind":"vertex-express"},\n{"api_key":"${two}","project":null},\n{"apiKey":"${three}","enabled":false},{"secret":"${one}","__proto__":{"kind":"vertex-express"}}]`,
    [
      [1, one, { project: 'p-1', priority: 2, tags: ['a', 'b'], note: 'n', kind: 'vertex-express' }],
      [2, two],
      [3, three, { enabled: false }],
      [3, one],
    ],
  ],
  [
    'one JSON object per line',
    `{"key":"${one}"}\n{"key":"${two}","tags":"x, y"}`,
    [
      [1, one],
      [2, two, { tags: ['x', 'y'] }],
    ],
  ],
  [
    'exported settings',
    `{"API_KEYS":["${one}"],\n"VERTEX_API_KEYS":["${two}"],"PORT":8000}`,
    [
      [1, one],
      [2, two, { kind: 'vertex-express' }],
      [1, 'refused', 'the other parts of a JSON object, which are no keys'],
    ],
  ],
  [
    'CSV with columns in any order, quotes and line breaks',
    `Note,API Key,priority,tags\r\n"a ""b"", c",${one},1,"x;y"\r\n"two\nlines","${two}",,\r\n\r\n,${three},,\r\n`,
    [
      [2, one, { note: 'a "b", c', priority: 1, tags: ['x', 'y'] }],
      [3, two, { note: 'two lines' }],
      [6, three],
    ],
  ],
  ['CSV of a spreadsheet with semicolons', `sep=;\nkey;project\n${one};p 1\n`, [[3, one, { project: 'p 1' }]]],
  [
    'CSV without a header',
    `${one},my-project,1,tag,a note,vertex-express`,
    [[1, one, { project: 'my-project', priority: 1, tags: ['tag'], note: 'a note', kind: 'vertex-express' }]],
  ],
  ['a key and its project', `${one}\tmy-project`, [[1, one, { project: 'my-project' }]]],
  [
    'a key, and a part of another that could be anything',
    `${one},AQ.Ab8RN6`,
    [
      [1, one],
      [1, 'refused', 'shorter than 20 characters'],
    ],
  ],
]

test.each(lists)('reads %s', (_name, text, pieces) => {
  expect(read(text)).toEqual([...pieces])
})

test('what other programs export is read', () => {
  const channels = {
    success: true,
    data: { items: [{ type: 24, key: `${one}\n${two}`, priority: 5, name: 'x' }, { key: ' ' }] },
  }
  expect(read(JSON.stringify(channels))).toEqual([
    [1, one, { priority: 5 }],
    [1, two, { priority: 5 }],
    [1, 'refused', 'a JSON object with an empty key'],
    [1, 'refused', 'the other parts of a JSON object, which are no keys'],
  ])
  expect(read(`"api_key"\n"${one}"\n`)).toEqual([[2, one]])
})

const refusals: readonly (readonly [text: string, reason: string])[] = [
  ['ya29.a0AfH6SMBxyz0123456789', 'OAuth access token'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'JSON web token'],
  ['auth_tokens/0123456789abcdef', 'one Live session'],
  ['please take this one', 'text with spaces'],
  ['AQ.short', 'shorter than 20 characters'],
  [`AQ.${'a1'.repeat(300)}`, 'longer than 500 characters'],
  ['AQ.Ab8RN6-schlüssel-0123456789', 'cannot be sent in a header'],
  ['AQ.Ab8RN6\u200bone-0123456789', 'cannot be sent in a header'],
  [`https://example.com/?key=${one}`, 'web address'],
  ['robot@project.iam.gserviceaccount.com', 'e-mail address'],
  ['YOUR_GEMINI_API_KEY_HERE', 'sample'],
  ['AIzaSyXXXXXXXXXXXXXXXXXXXX', 'sample'],
  ['AIzaSyAb…0123456789abcdefgh', 'shortened or masked'],
  ['AIzaSy***************wxyz12', 'shortened or masked'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'the same few characters'],
  [`${one}<br>`, 'quotes or brackets inside'],
  [`mine=${one}`, 'something stands in front'],
]

test.each(refusals)('refuses %j and says why', (text, reason) => {
  const pieces = read(`${two}\n${text}\n${three}`)
  expect(pieces).toEqual([
    [1, two],
    [2, 'refused', expect.stringContaining(reason)],
    [3, three],
  ])
  for (const [line, , why] of pieces.slice(1, 2)) expect(`${line} ${String(why)}`).not.toContain(text)
})

test('a key in a sentence is found, and the words around it are told', () => {
  expect(read(`Please use ${one} for the time being`)).toEqual([
    [1, 'refused', 'text with spaces; a key has none'],
    [1, one],
    [1, 'refused', 'text with spaces; a key has none'],
  ])
})

test.each([
  ['a bad priority', `key,priority\n${one},soon\n${two},1`, 'priority must be a whole number from -1000 to 1000'],
  ['a bad kind', `key,kind\n${one},openai\n${two},gemini`, 'kind must be gemini or vertex-express'],
  ['no key', `key,project\n,lonely\n${two},p`, 'a row without a key'],
  ['too many cells', `key,project\n${one},p,q\n${two},p`, 'more cells than the table has columns'],
  ['a quote that is never closed', `key,project\n"${one},p\n${two},p`, 'a quote in this row is never closed'],
  ['text behind a quote', `key,project\n"${one}"x,p\n${two},p`, 'there is text behind a closing quote'],
])('a row with %s is refused by itself', (_name, text, reason) => {
  expect(read(text)).toEqual([
    [2, 'refused', reason],
    [3, two, expect.anything()],
  ])
})

test('JSON values that are no keys are refused with their lines', () => {
  expect(read(`[1,\nnull,\n{"foo":1},\n{"key":5},\n{"key":"${one}","tags":{"a":1}},\n"${two}"]`)).toEqual([
    [1, 'refused', 'a JSON value that is no text, so no key'],
    [2, 'refused', 'a JSON value that is no text, so no key'],
    [3, 'refused', 'a JSON object that holds no key'],
    [4, 'refused', expect.stringContaining('no text')],
    [5, 'refused', expect.stringContaining('tags must be')],
    [6, two],
  ])
})

test('a hundred thousand keys are one import, one more is refused', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `AQ.many-keys-${index}-0123456789`)
  expect([...parseKeys(keys.join('\n'))]).toHaveLength(100_000)
  expect(() => [...parseKeys([...keys, one].join('\n'))]).toThrow(TooManyKeys)
  expect(() => [...parseKeys(JSON.stringify([...keys, one]))]).toThrow('at most 100,000 keys')
})
