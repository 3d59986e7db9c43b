import { parseArgs } from 'node:util'
import { type KeysArguments, parseKeysArguments } from './keys/parse-keys-arguments.ts'

export const commands = ['serve', 'demo', 'healthcheck', 'version', 'help'] as const

export type Command = (typeof commands)[number]

export type Arguments =
  | { readonly kind: 'command'; readonly command: Command; readonly speed: number }
  /** A command with words of its own. Misused: `problem` is a sentence for the person who typed it. */
  | KeysArguments

/** Reads what stands behind the program's name. */
export const parseArguments = (words: readonly string[]): Arguments => {
  if (words[0] === 'keys') return parseKeysArguments(words.slice(1))
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        speed: { type: 'string' },
      },
    })
    if (values.help) return { kind: 'command', command: 'help', speed: 1 }
    if (values.version) return { kind: 'command', command: 'version', speed: 1 }
    const [word = 'serve', ...rest] = positionals
    const command = commands.find(known => known === word)
    if (command === undefined) return { kind: 'misused', problem: `There is no command ${JSON.stringify(word)}.` }
    if (rest.length > 0) return { kind: 'misused', problem: `The command ${command} takes no further words.` }
    const speed = values.speed === undefined ? 1 : Number(values.speed)
    if (!(speed > 0 && speed <= 1_000_000)) {
      return { kind: 'misused', problem: '--speed takes a number above 0, for example 60.' }
    }
    return { kind: 'command', command, speed }
  } catch (error) {
    return { kind: 'misused', problem: firstSentence(error instanceof Error ? error.message : String(error)) }
  }
}

/** What follows is advice to programmers. */
const firstSentence = (message: string) => `${message.split('. ', 1)[0]?.replace(/\.$/, '')}.`
