import { expect, test } from 'bun:test'
import { exists, projectFolders, readProject } from './_project.ts'

const mostLines = 250

/** Files that may be longer, with the reason. */
const longer: Readonly<Record<string, string>> = {}

test(`no file of the product has more than ${mostLines} lines without a reason given here`, () => {
  const tooLong = [...readProject().files]
    .filter(([path]) => !path.startsWith('tests/'))
    .map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > mostLines && longer[path] === undefined)
  expect(tooLong).toEqual([])
  for (const path of Object.keys(longer))
    expect(readProject().files.get(path)?.split('\n').length).toBeGreaterThan(mostLines)
})

test('every folder of the product has a README.md that says what belongs there', () => {
  expect(projectFolders().filter(folder => !exists(`${folder}/README.md`))).toEqual([])
})

test('file names are in kebab-case, and a folder has no barrel but the list of plugins and their entries', () => {
  const paths = [...readProject().files.keys()]
  expect(paths.filter(path => !/^([a-z0-9-]+\/)+_?[a-z0-9-]+(\.test)?\.tsx?$/.test(path))).toEqual([])
  expect(
    paths.filter(path => /\/index\.tsx?$/.test(path) && !/^plugins\/([a-z0-9-]+\/)?index\.ts$/.test(path)),
  ).toEqual([])
})
