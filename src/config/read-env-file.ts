import { readFileSync } from 'node:fs'

/**
 * The text of a `.env` file, or undefined when there is none. A folder of that name counts as none: Docker makes one
 * when a file to be mounted does not exist. Throws what the system says when the file is there and cannot be read.
 */
export const readEnvFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR'))
      return undefined
    throw error
  }
}
