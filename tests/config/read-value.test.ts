import { describe, expect, test } from 'bun:test'
import { readValue } from '#src/config/read-value.ts'
import { settingTypeOf } from '#src/config/setting-type.ts'
import { sampleSettings } from './sample-settings.ts'

const read = (name: keyof typeof sampleSettings, given: unknown) =>
  readValue(settingTypeOf(sampleSettings[name].schema), given)

describe('switches are read from the words people use', () => {
  test.each(['true', 'True', 'TRUE', '1', 'yes', 'on', ' on ', '"true"'])('%p is true', text => {
    expect(read('ENABLED', text)).toBe(true)
  })
  test.each(['false', 'False', '0', 'no', 'OFF'])('%p is false', text => {
    expect(read('ENABLED', text)).toBe(false)
  })
  test.each(['maybe', '2', 'truely', ''])('%p is neither and stays a text', text => {
    expect(read('ENABLED', text)).toBe(text)
  })
})

describe('numbers are read strictly', () => {
  test.each([
    ['7', 7],
    [' 7 ', 7],
    ['-3', -3],
    ['+3', 3],
    ['-0', 0],
    ['0.016', 0.016],
    ['.5', 0.5],
    ['512.0', 512],
    ['1e-7', 1e-7],
  ])('%p is %p', (text, value) => {
    expect(read('PAUSE', text)).toBe(value)
  })
  test.each(['7 apples', '0x10', 'Infinity', 'NaN', '1_000', '', '7,5'])('%p stays a text', text => {
    expect(read('PAUSE', text)).toBe(text)
  })
})

describe('lists are JSON, else parted by commas', () => {
  test.each([
    ['["a","b"]', ['a', 'b']],
    ["['a', 'b']", ['a', 'b']],
    ['\'["a","b"]\'', ['a', 'b']],
    ['"["a","b"]"', ['a', 'b']],
    ['a,b', ['a', 'b']],
    [' a , b ,', ['a', 'b']],
    ['a\nb\n', ['a', 'b']],
    ["'a','b'", ['a', 'b']],
    ['a', ['a']],
    ['123', ['123']],
    ['', []],
    ['[]', []],
    ['["", " a "]', ['a']],
  ])('%p', (text, value) => {
    expect(read('MODELS', text)).toEqual(value)
  })
  test.each(['["a",', '[a, b]', '{"a":1}'])('%p is broken JSON and is not split at its commas', text => {
    expect(read('MODELS', text)).toBe(text)
  })
  test('a list of objects is JSON only', () => {
    expect(read('RULES', '[{"kind": "a", "limit": 1}]')).toEqual([{ kind: 'A', limit: 1 }])
    expect(read('RULES', 'A,B')).toBe('A,B')
  })
})

describe('objects are JSON, with single quotes as Python writes them too', () => {
  test.each([
    ['{"a": 1}', { a: 1 }],
    ["{'a': 512.0}", { a: 512 }],
    ['', {}],
  ])('%p', (text, value) => {
    expect(read('BUDGETS', text)).toEqual(value)
  })
  test.each(['[1]', 'a=1', 'null'])('%p stays a text', text => {
    expect(read('BUDGETS', text)).toBe(text)
  })
  test('a field named like a part of every object is a field like any other', () => {
    expect(Object.entries(read('BUDGETS', '{"__proto__": 1, "constructor": 2}') as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ])
  })
})

test.each([
  ['red', 'red'],
  [' RED ', 'red'],
  ['Crimson', 'red'],
  ['blue', 'blue'],
  ['constructor', 'constructor'],
])('the choice %p is read as %p', (text, value) => {
  expect(read('COLOUR', text)).toBe(value)
})

test('a text stays exactly as it was given', () => {
  expect(read('NAME', ' "quoted" ')).toBe(' "quoted" ')
})
