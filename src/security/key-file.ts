import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const keyBytes = 32

/**
 * Reads the 32 bytes of `encryption.key` in a directory; makes both on first use.
 * @throws Error when the file does not hold a key, so that a damaged file never silently becomes a new key
 */
export const readOrCreateKeyFile = (directory: string): Uint8Array => {
  const file = join(directory, 'encryption.key')
  const text = readIfPresent(file) ?? create(directory, file)
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== keyBytes)
    throw new Error(`${file} is damaged: it must hold ${keyBytes} bytes in base64. Restore it from a backup.`)
  return new Uint8Array(key)
}

const readIfPresent = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Writes a whole file under another name first, then gives it its name with a hard link, which fails if the name is
 * taken: a second process never sees half a key and never replaces the first one's.
 */
const create = (directory: string, file: string) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(8).toString('hex')}`
  writeWhole(draft, `${randomBytes(keyBytes).toString('base64')}\n`)
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(file, 'utf8')
}

const writeWhole = (file: string, text: string) => {
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
