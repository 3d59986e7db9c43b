import { accessSync, constants, mkdirSync } from 'node:fs'

/**
 * Makes the folder of the database and the encryption key, for this user only, unless it is there already.
 * @throws Error with a sentence for the person who starts the program, when nothing can be written there
 */
export const prepareDataDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    accessSync(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new Error(
      `DATA_DIR is ${JSON.stringify(directory)}, but ${whyNot[code] ?? `it cannot be used (${code || String(error)})`}.`,
      { cause: error },
    )
  }
}

const user = process.getuid?.()

const whyNot: Readonly<Record<string, string>> = {
  EACCES: `this user${user === undefined ? '' : ` (${user})`} may not write there`,
  EROFS: 'that is a read-only file system',
  EEXIST: 'that is a file, not a folder',
  ENOTDIR: 'a part of that path is a file, not a folder',
}
