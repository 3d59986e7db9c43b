import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import type { SourceTree } from './_check-imports.ts'

const root = join(import.meta.dir, '..', '..')

export const productFolders = ['src', 'pipeline', 'plugins', 'templates'] as const

/** Every source file of the project. */
export const readProject = (): SourceTree => ({
  files: new Map(
    [...productFolders, 'tests']
      .flatMap(sourceFilesIn)
      .map(path => [path, readFileSync(join(root, path), 'utf8')] as const),
  ),
  dependencies: Object.keys(manifest.dependencies),
})

/** The folders that explain themselves: all of the first level, and those of `src`. What is deeper, its parent explains. */
export const projectFolders = (): readonly string[] => [
  ...productFolders,
  'public',
  'tests',
  ...new Set([...readProject().files.keys()].flatMap(path => /^src\/[^/]+(?=\/)/.exec(path)?.[0] ?? [])),
]

export const exists = (path: string): boolean => existsSync(join(root, path))

const sourceFilesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => /\.tsx?$/.test(path))
    .map(path => `${folder}/${path.replaceAll('\\', '/')}`)
    .sort()
