import { posix } from 'node:path'
import ts from 'typescript'
import { findCycles } from './_find-cycles.ts'
import { type Target, zones } from './_zones.ts'

export type SourceTree = {
  /** Text of every source file by its path from the project's root, with `/`. */
  readonly files: ReadonlyMap<string, string>
  /** Packages the product may import: `dependencies`, not `devDependencies`. */
  readonly dependencies: readonly string[]
}

/** What is wrong with who imports whom: one sentence each, type imports included. */
export const checkImports = ({ files, dependencies }: SourceTree): readonly string[] => {
  const problems: string[] = []
  const edges = new Map<string, readonly string[]>()
  for (const [path, text] of files) {
    const targets = importsOf(text).map(specifier => ({ specifier, target: resolve(path, specifier) }))
    const zone = zones.find(({ holds }) => holds(path))
    if (zone === undefined) problems.push(`${path} is in no folder that the rules know`)
    for (const { specifier, target } of targets) {
      if (target.kind === 'file' && !files.has(target.path) && !target.path.endsWith('.json')) {
        problems.push(`${path} imports ${specifier}, which is no file`)
      } else if (zone !== undefined && !isManifest(target) && !zone.allows(target, path)) {
        problems.push(`${path} imports ${specifier}, but ${zone.rule}`)
      } else if (target.kind === 'package' && !path.startsWith('tests/') && !isAvailable(target.name, dependencies)) {
        problems.push(`${path} imports ${specifier}, which is not in the dependencies of package.json`)
      }
    }
    if (path.startsWith('src/protocols/')) {
      problems.push(...impureNames(text).map(name => `${path} uses ${name}, but src/protocols is pure`))
    }
    edges.set(
      path,
      targets.flatMap(({ target }) => (target.kind === 'file' ? [target.path] : [])),
    )
  }
  return [...problems, ...findCycles(edges).map(cycle => `import cycle: ${cycle.join(' → ')}`)]
}

const importsOf = (text: string): readonly string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)

const aliases = /^#(src|pipeline|plugins|templates|tests)\//

const resolve = (importer: string, specifier: string): Target => {
  if (specifier.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(importer), specifier) }
  if (aliases.test(specifier)) return { kind: 'file', path: specifier.slice(1) }
  return { kind: 'package', name: packageOf(specifier) }
}

/** `kysely/migration` is `kysely`; built-in modules keep their name. */
const packageOf = (specifier: string): string =>
  specifier.startsWith('node:') || specifier.startsWith('bun:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')

const isAvailable = (name: string, dependencies: readonly string[]) =>
  /^(node:|bun:|bun$)/.test(name) || dependencies.includes(name)

/** The version stands in package.json and nowhere else. */
const isManifest = (target: Target) => target.kind === 'file' && target.path === 'package.json'

/** Names through which code reaches the world without importing anything. */
const worldly: ReadonlySet<string> = new Set(['Bun', 'fetch', 'process', 'WebSocket', 'Worker', 'console'])

const impureNames = (text: string): readonly string[] => {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && worldly.has(node.text) && !isMemberName(node)) found.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true))
  return [...found]
}

/** The `process` of `frame.process` or of `{ process: … }` is another one. */
const isMemberName = (node: ts.Identifier) =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) && node.parent.name === node
