/** An import as the rules see it: a file of the project by its path, or a package or built-in module by its name. */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string }

type Zone = {
  /** Ends the sentence "… imports …, but …". */
  readonly rule: string
  readonly holds: (path: string) => boolean
  readonly allows: (target: Target, importer: string) => boolean
}

/** Who may import whom. The first zone that holds a file is the one whose rule counts. */
export const zones: readonly Zone[] = [
  {
    rule: 'nothing of the product imports tests',
    holds: isIn('tests/'),
    allows: () => true,
  },
  {
    rule: 'even the files that put the program together import only the product',
    holds: isOneOf('src/main.ts', 'src/app.ts', 'plugins/index.ts'),
    allows: target => isPackage(target) || isProduct(target),
  },
  {
    rule: 'src/protocols is pure: it imports only itself and src/errors, no package and no built-in module',
    holds: isIn('src/protocols/'),
    allows: target => isFileIn(target, 'src/protocols/', 'src/errors/'),
  },
  {
    rule: 'the emulator stands in for another company: it imports only itself and node: modules',
    holds: isIn('src/emulator/'),
    allows: target => isFileIn(target, 'src/emulator/') || isNodeModule(target),
  },
  {
    rule: 'only src/storage imports database drivers, and it imports only folders of src',
    holds: isIn('src/storage/'),
    allows: target => isPackage(target) || isLibrary(target),
  },
  {
    rule: 'a folder of src imports folders of src, templates, and no database driver',
    holds: path => /^src\/[^/]+\//.test(path),
    allows: target => (isPackage(target) && !isDriver(target)) || isLibrary(target) || isFileIn(target, 'templates/'),
  },
  {
    rule: 'what starts the program knows src, and of the rest only what it is handed',
    holds: isIn('src/'),
    allows: target => (isPackage(target) && !isDriver(target)) || isFileIn(target, 'src/'),
  },
  {
    rule: 'the pipeline imports itself and folders of src; it knows no plugin and no page',
    holds: isIn('pipeline/'),
    allows: target => (isPackage(target) && !isDriver(target)) || isLibrary(target) || isFileIn(target, 'pipeline/'),
  },
  {
    rule: 'a plugin imports its own folder, the pipeline, folders of src and templates, and never another plugin',
    holds: isIn('plugins/'),
    allows: (target, importer) =>
      (isPackage(target) && !isDriver(target)) ||
      isLibrary(target) ||
      isFileIn(target, 'pipeline/', 'templates/', pluginFolder(importer)),
  },
  {
    rule: 'templates import only themselves and the HTML packages',
    holds: isIn('templates/'),
    allows: target =>
      isFileIn(target, 'templates/') ||
      (target.kind === 'package' && ['@elysiajs/html', '@kitajs/html'].includes(target.name)),
  },
]

function isIn(folder: string) {
  return (path: string) => path.startsWith(folder)
}

function isOneOf(...paths: readonly string[]) {
  return (path: string) => paths.includes(path)
}

const isFileIn = (target: Target, ...folders: readonly string[]) =>
  target.kind === 'file' && folders.some(folder => target.path.startsWith(folder))

/** What may be used everywhere in src and above; files directly in src are the program, not a library. */
const isLibrary = (target: Target) =>
  target.kind === 'file' && (/^src\/[^/]+\//.test(target.path) || target.path === 'src/version.ts')

const isProduct = (target: Target) => isFileIn(target, 'src/', 'pipeline/', 'plugins/', 'templates/')

const isPackage = (target: Target) => target.kind === 'package'

const isNodeModule = (target: Target) => target.kind === 'package' && target.name.startsWith('node:')

const drivers = ['bun:sqlite', 'mysql2', 'kysely', 'kysely-bun-sqlite']

const isDriver = (target: Target) => target.kind === 'package' && drivers.includes(target.name)

const pluginFolder = (path: string) => path.split('/').slice(0, 2).join('/').concat('/')
