import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnvFile } from '#src/config/parse-env-file.ts'
import { readEnvFile } from '#src/config/read-env-file.ts'

describe('lines of a .env file', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['A=1\nB=2\n', { A: '1', B: '2' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['\ufeffA=1', { A: '1' }],
    ['export A=1', { A: '1' }],
    ['  A = 1  ', { A: '1' }],
    ['A=', { A: '' }],
    ['A=\nB=2', { A: '', B: '2' }],
    ['A=1\nA=2', { A: '2' }],
    ['# A=1', {}],
    ['A=1 # a comment', { A: '1' }],
    ['A= # a comment', { A: '' }],
    ['A=a#b', { A: 'a#b' }],
    ['A=#b', { A: '#b' }],
    ['A=b=c', { A: 'b=c' }],
    ['A=p@$$w0rd$HOME', { A: 'p@$$w0rd$HOME' }],
    ['A=["a", "b"]', { A: '["a", "b"]' }],
    ['A=\'["a"]\' # list', { A: '["a"]' }],
    ["A='it\\'s'", { A: "it's" }],
    ["A='a\\nb'", { A: 'a\\nb' }],
    ["A='a # b'", { A: 'a # b' }],
    ['A="a\\nb\\t\\"c\\"\\\\"', { A: 'a\nb\t"c"\\' }],
    ['A="\\d"', { A: '\\d' }],
    ['A=`a "b" \'c\'`', { A: 'a "b" \'c\'' }],
    ['A=\'{\n  "a": 1\n}\'\nB=2', { A: '{\n  "a": 1\n}', B: '2' }],
    ["A='x\r\ny'", { A: 'x\ny' }],
    ["A='' \nB=2", { A: '', B: '2' }],
    ['no assignment\n- item\nA=1', { A: '1' }],
    ['1A=1\nA-B=2\n=3', {}],
    ['', {}],
  ])('%j', (text, values) => {
    expect(parseEnvFile(text)).toEqual({ values: new Map(Object.entries(values)), faults: [] })
  })
})

describe('what cannot be read is told with its line and without its value', () => {
  test('a quote that is never closed', () => {
    expect(parseEnvFile('A=1\n\nB="marker\nC=3')).toEqual({
      values: new Map([['A', '1']]),
      faults: ['Line 3 of the .env file: B opens a quote that is never closed.'],
    })
  })

  test('double quotes around JSON, and the lines after it are read', () => {
    expect(parseEnvFile('A="["marker"]"\nB=2')).toEqual({
      values: new Map([['B', '2']]),
      faults: [
        'Line 1 of the .env file: A has text after its closing quote; put single quotes around a value that holds double quotes.',
      ],
    })
  })
})

describe('the file itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-file-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is read when it is there', () => {
    writeFileSync(join(folder, '.env'), 'A=1')
    expect(readEnvFile(join(folder, '.env'))).toBe('A=1')
    rmSync(join(folder, '.env'))
  })

  test('may be missing, or be the folder that Docker makes of a missing one', () => {
    expect(readEnvFile(join(folder, '.env'))).toBeUndefined()
    expect(readEnvFile(folder)).toBeUndefined()
  })
})
