import { expect, test } from 'bun:test'
import { commands, parseArguments } from '#src/cli/parse-arguments.ts'

test('without a word the server is started', () => {
  expect(parseArguments([])).toEqual({ kind: 'command', command: 'serve', speed: 1 })
})

test.each(commands.map(command => [command]))('%s is a command', command => {
  expect(parseArguments([command])).toEqual({ kind: 'command', command, speed: 1 })
})

test('--help and --version win over any command', () => {
  expect(parseArguments(['demo', '--help'])).toMatchObject({ command: 'help' })
  expect(parseArguments(['serve', '-v'])).toMatchObject({ command: 'version' })
})

test('the clock of the demo runs as fast as it is told', () => {
  expect(parseArguments(['demo', '--speed', '60'])).toEqual({ kind: 'command', command: 'demo', speed: 60 })
  expect(parseArguments(['demo', '--speed=0.5'])).toMatchObject({ speed: 0.5 })
})

const rows: readonly (readonly [words: readonly string[], problem: string])[] = [
  [['serv'], 'There is no command "serv".'],
  [[''], 'There is no command "".'],
  [['serve', 'now'], 'The command serve takes no further words.'],
  [['demo', '--speed', 'fast'], '--speed takes a number above 0, for example 60.'],
  [['demo', '--speed', '0'], '--speed takes a number above 0, for example 60.'],
  [['demo', '--speed', 'Infinity'], '--speed takes a number above 0, for example 60.'],
  [['--port', '80'], "Unknown option '--port'."],
  [['demo', '--speed'], "Option '--speed <value>' argument missing."],
]

test.each(rows)('%j is refused with one sentence', (words, problem) => {
  expect(parseArguments(words)).toEqual({ kind: 'misused', problem })
})
