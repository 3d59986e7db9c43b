import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { staticPlugin } from '@elysiajs/static'

/** `--asset public` puts the folder beside the bundle, which is one file; in the source tree it is two levels up. */
const folder = Bun.isStandaloneExecutable
  ? join(import.meta.dir, 'public')
  : join(import.meta.dir, '..', '..', 'public')

const oneYearSeconds = 31_536_000

/**
 * The files of `public/` under `/assets`, one route each, cached by browsers for a year: their addresses change with
 * their content. Awaited here because Elysia registers a plugin that is still a promise too late for its first requests.
 */
export const assetRoutes = await staticPlugin({
  assets: folder,
  prefix: '/assets',
  alwaysStatic: true,
  ignorePatterns: [/\.md$/],
  directive: 'immutable',
  maxAge: oneYearSeconds,
  indexHTML: false,
  silent: true,
})

/** The address of a file of `public/`, without the base path. Throws when there is no such file. */
export const assetAddress = (name: string): string => {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex')
  return `/assets/${name}?v=${digest.slice(0, 10)}`
}
