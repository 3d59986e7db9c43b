import { expect, test } from 'bun:test'
import { parseArguments } from '#src/cli/parse-arguments.ts'

const read = (...words: readonly string[]) => parseArguments(['keys', ...words])

test.each([[[]], [['help']], [['--help']], [['import', '-h']]])('keys %j shows the help of keys', words => {
  expect(read(...words)).toMatchObject({ kind: 'keys', command: { action: { name: 'help' } } })
})

test('an import reads a file or standard input, and says what holds for its keys', () => {
  expect(read('import')).toMatchObject({
    command: { action: { name: 'import', file: '-', dryRun: false, revive: false, check: true, fields: {} } },
  })
  const words =
    'import keys.csv --dry-run --revive --no-check --kind vertex --project p --priority 2 --tag a --tag b --note n'
  expect(read(...words.split(' '))).toMatchObject({
    command: {
      action: {
        file: 'keys.csv',
        dryRun: true,
        revive: true,
        check: false,
        fields: { kind: 'vertex-express', project: 'p', priority: 2, tags: ['a', 'b'], note: 'n' },
      },
    },
  })
})

test('keys are selected by what they are', () => {
  const words = [
    '--condition',
    'dead',
    '--tag',
    'a',
    '--tag',
    'b',
    '--key',
    '0123456789ab',
    '--project',
    '',
    '--note',
    'n',
  ]
  expect(read('disable', ...words)).toMatchObject({
    command: {
      action: {
        name: 'disable',
        select: { condition: ['dead'], tag: ['a', 'b'], keys: ['0123456789ab'], project: [''], note: 'n' },
      },
    },
  })
  expect(read('list')).toMatchObject({ command: { action: { select: { all: true } } } })
  expect(read('delete', '--all', '-y')).toMatchObject({ command: { action: { select: { all: true }, isSure: true } } })
  expect(read('check', '--all', '--deep')).toMatchObject({ command: { action: { deep: true } } })
  expect(read('export', '--all', '--json')).toMatchObject({ command: { action: { format: 'json' }, json: true } })
})

test('the place is the settings, a server, or the database', () => {
  expect(read('list')).toMatchObject({ command: { place: { kind: 'either' }, token: undefined } })
  expect(read('list', '--database')).toMatchObject({ command: { place: { kind: 'database' } } })
  const remote = read('list', '--server', 'https://example.test/base/', '--token', 'hush')
  expect(remote).toMatchObject({ command: { place: { kind: 'server', url: 'https://example.test/base' } } })
  expect(JSON.stringify(remote)).not.toContain('hush')
})

const key = 'AQ.argument-marker-0123456789'

const misuses: readonly (readonly [words: readonly string[], problem: string])[] = [
  [['frob'], 'keys knows only import, export, list, check, enable, disable, delete.'],
  [['toString'], 'keys knows only import, export, list, check, enable, disable, delete.'],
  [['enable'], 'Say which keys: --all, or filters such as --condition dead or --key FINGERPRINT.'],
  [['delete', '--yes'], 'Say which keys: --all, or filters such as --condition dead or --key FINGERPRINT.'],
  [['enable', key], 'keys enable takes options only, for example --key FINGERPRINT.'],
  [['list', '--condition', 'sick'], '--condition must be ready, cooling, dead, disabled.'],
  [['list', '--dry-run'], 'keys list has no option --dry-run.'],
  [['import', '--all'], 'keys import has no option --all.'],
  [['import', 'a', 'b'], 'keys import takes one file.'],
  [['import', '--priority', 'high'], 'priority must be a whole number from -1000 to 1000.'],
  [['import', '--kind', 'openai'], 'kind must be gemini or vertex-express.'],
  [['export', '--all', '--format', 'xml'], '--format takes text, json, csv.'],
  [['list', '--limit', '0'], '--limit takes a number from 1 on.'],
  [['list', '--server', 'nonsense'], '--server takes an address such as http://127.0.0.1:8000.'],
  [['list', '--server', 'file:///etc'], '--server takes an address such as http://127.0.0.1:8000.'],
  [['list', '--server', 'http://127.0.0.1', '--database'], '--server and --database exclude each other.'],
  [['list', '--bogus'], "Unknown option '--bogus'."],
]

test.each(misuses)('keys %j is refused with one sentence', (words, problem) => {
  expect(read(...words)).toEqual({ kind: 'misused', problem })
})
