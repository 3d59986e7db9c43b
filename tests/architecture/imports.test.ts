import { describe, expect, test } from 'bun:test'
import { checkImports } from './_check-imports.ts'
import { readProject } from './_project.ts'

test('every import of this project is allowed, and none of them goes round in a circle', () => {
  expect(checkImports(readProject())).toEqual([])
})

test('the rules see this project: its files and the imports between its folders', () => {
  const { files } = readProject()
  expect([...files.keys()]).toContainValues(['src/main.ts', 'plugins/index.ts', 'templates/layout.tsx'])
  const broken = new Map(files).set('src/version.ts', `import '#plugins/index.ts'`)
  expect(checkImports({ ...readProject(), files: broken })).toContainEqual(
    expect.stringContaining('src/version.ts imports #plugins/index.ts'),
  )
})

/** Files that are there to be imported. */
const bystanders = {
  'src/app.ts': '',
  'src/keys/key-pool.ts': '',
  'src/storage/open.ts': '',
  'src/errors/catalogue.ts': '',
  'src/version.ts': `import manifest from '../package.json'`,
  'pipeline/order.ts': '',
  'plugins/search/index.ts': '',
  'templates/layout.tsx': '',
  'tests/support.ts': '',
}

const problemsOf = (sources: Readonly<Record<string, string>>) =>
  checkImports({ files: new Map(Object.entries({ ...bystanders, ...sources })), dependencies: ['elysia', 'mysql2'] })

describe('refused', () => {
  const rows: readonly (readonly [path: string, source: string])[] = [
    ['src/keys/x.ts', `import { order } from '#pipeline/order.ts'`],
    ['src/keys/x.ts', `import type { Order } from '../../pipeline/order.ts'`],
    ['src/keys/x.ts', `export * from '#plugins/search/index.ts'`],
    ['src/keys/x.ts', `const search = await import('#plugins/search/index.ts')`],
    ['src/keys/x.ts', `import { createApp } from '../app.ts'`],
    ['src/keys/x.ts', `import { createPool } from 'mysql2'`],
    ['src/keys/x.ts', `import { expect } from '#tests/support.ts'`],
    ['src/serve.ts', `import { plugins } from '#plugins/search/index.ts'`],
    ['src/protocols/gemini/x.ts', `import { readFileSync } from 'node:fs'`],
    ['src/protocols/gemini/x.ts', `import { Elysia } from 'elysia'`],
    ['src/protocols/gemini/x.ts', `import '#src/storage/open.ts'`],
    ['src/protocols/gemini/x.ts', `export const get = () => fetch('http://localhost')`],
    ['src/protocols/gemini/x.ts', `export const home = process.env.HOME`],
    ['src/emulator/x.ts', `import '../keys/key-pool.ts'`],
    ['src/emulator/x.ts', `import { Elysia } from 'elysia'`],
    ['pipeline/x.ts', `import '#plugins/search/index.ts'`],
    ['pipeline/x.ts', `import '#templates/layout.tsx'`],
    ['pipeline/x.ts', `import '#src/app.ts'`],
    ['plugins/image/index.ts', `import '#plugins/search/index.ts'`],
    ['plugins/image/index.ts', `import type { Search } from '../search/index.ts'`],
    ['templates/x.tsx', `import '#src/keys/key-pool.ts'`],
    ['templates/x.tsx', `import { Elysia } from 'elysia'`],
    ['plugins/index.ts', `import '#tests/support.ts'`],
    ['src/keys/x.ts', `import 'left-pad'`],
    ['src/keys/x.ts', `import './gone.ts'`],
    ['tools/x.ts', ''],
  ]
  test.each(rows)('%s with: %s', (path, source) => {
    const problems = problemsOf({ [path]: source })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toStartWith(path)
  })
})

describe('allowed', () => {
  const rows: readonly (readonly [path: string, source: string])[] = [
    ['src/main.ts', `import '#plugins/search/index.ts'\nimport '#pipeline/order.ts'\nimport './app.ts'`],
    ['plugins/index.ts', `import './search/index.ts'`],
    ['src/admin/x.ts', `import '#templates/layout.tsx'\nimport '../keys/key-pool.ts'\nimport '../version.ts'`],
    ['src/storage/x.ts', `import 'mysql2/promise'\nimport 'bun:sqlite'`],
    [
      'src/protocols/gemini/x.ts',
      `import '../../errors/catalogue.ts'\nexport const f = (a: A) => a.fetch({ process: 1 })`,
    ],
    [
      'src/protocols/gemini/x.ts',
      `// fetch('…') and import 'node:fs' in a comment\nexport const text = "import 'elysia'"`,
    ],
    ['pipeline/x.ts', `import '#src/keys/key-pool.ts'\nimport type { Elysia } from 'elysia'`],
    ['plugins/image/index.ts', `import './draw.ts'\nimport '#pipeline/order.ts'\nimport '#templates/layout.tsx'`],
    ['tests/x.test.ts', `import 'bun:test'\nimport 'typescript'\nimport '#src/app.ts'`],
  ]
  test.each(rows)('%s with: %s', (path, source) => {
    expect(problemsOf({ 'plugins/image/draw.ts': '', [path]: source })).toEqual([])
  })
})

describe('cycles', () => {
  test('between two files are told with the way round, even if only types are imported', () => {
    expect(
      problemsOf({ 'src/keys/a.ts': `import type { B } from './b.ts'`, 'src/keys/b.ts': `import './a.ts'` }),
    ).toEqual(['import cycle: src/keys/a.ts → src/keys/b.ts → src/keys/a.ts'])
  })

  test('of a file with itself, and through three folders, are found', () => {
    expect(problemsOf({ 'src/keys/a.ts': `import './a.ts'` })).toEqual(['import cycle: src/keys/a.ts → src/keys/a.ts'])
    const round = problemsOf({
      'src/keys/a.ts': `import '../web/b.ts'`,
      'src/web/b.ts': `import '../logging/c.ts'`,
      'src/logging/c.ts': `import '../keys/a.ts'`,
    })
    expect(round).toEqual(['import cycle: src/keys/a.ts → src/web/b.ts → src/logging/c.ts → src/keys/a.ts'])
  })

  test('a file that two others import is none', () => {
    expect(
      problemsOf({
        'src/keys/a.ts': `import './b.ts'\nimport './c.ts'`,
        'src/keys/b.ts': `import './c.ts'`,
        'src/keys/c.ts': '',
      }),
    ).toEqual([])
  })
})
