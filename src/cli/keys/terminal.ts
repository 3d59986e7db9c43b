import { createInterface } from 'node:readline/promises'
import { exitCodes } from '../exit-codes.ts'

/** Writes to standard output; done when it is on its way. A reader who has seen enough (`| head`) ends the program quietly. */
export const print = (text: string | Uint8Array): Promise<void> => {
  endQuietlyOnBrokenPipe()
  return new Promise((resolve, reject) => {
    process.stdout.write(text, error => (error ? reject(error) : resolve()))
  })
}

/** Writes a line for the person at the terminal, beside the output. */
export const tellPerson = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`)
}

/** Asks a question with the answers yes and no; undefined when nobody is there to answer. */
export const askPerson = async (question: string): Promise<boolean | undefined> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const dialogue = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await dialogue.question(`${question} [y/N] `)).trim())
  } finally {
    dialogue.close()
  }
}

/** Data from outside must not steer the terminal. */
export const harmless = (text: string): string => text.replace(/\p{Cc}|\p{Cf}/gu, ' ')

let isReady = false

const endQuietlyOnBrokenPipe = () => {
  if (isReady) return
  isReady = true
  process.stdout.on('error', error =>
    process.exit('code' in error && error.code === 'EPIPE' ? exitCodes.fine : exitCodes.failed),
  )
}
