import { stat } from 'node:fs/promises'
import { whyNoKey } from '../../keys/import/why-no-key.ts'
import { tellPerson } from './terminal.ts'

const mostMegabytes = 48

/** Thrown when there is nothing to read; the message is for people and does not repeat the argument. */
export class NothingToRead extends Error {
  override readonly name = 'NothingToRead'
}

/** The text of a file, or of standard input for `-`. @throws NothingToRead */
export const readText = async (file: string): Promise<string> => {
  if (file === '-' && process.stdin.isTTY) tellPerson('Paste the keys, then press Ctrl+D.')
  const source = file === '-' ? Bun.stdin : Bun.file(file)
  try {
    if (file !== '-') await refuseUnreadable(file)
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of source.stream()) {
      size += chunk.byteLength
      if (size > mostMegabytes * 1_048_576) throw new NothingToRead(`An import reads at most ${mostMegabytes} MB.`)
      chunks.push(chunk)
    }
    return decode(Buffer.concat(chunks))
  } catch (error) {
    if (error instanceof NothingToRead) throw error
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    // Somebody who writes the key in place of a file must not find it in a log.
    const hint = whyNoKey(file) === undefined && !file.includes('/') ? inPlaceOfFile : ''
    throw new NothingToRead(`The file cannot be read${code}.${hint}`)
  }
}

const inPlaceOfFile = ' Keys are read from a file or from standard input, and never from the command line.'

const refuseUnreadable = async (file: string) => {
  if ((await stat(file)).isDirectory()) throw new NothingToRead('This is a folder, not a file.')
}

/** Windows writes UTF-16 where a program's output is sent to a file. */
const decode = (bytes: Buffer): string => {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes)
}
