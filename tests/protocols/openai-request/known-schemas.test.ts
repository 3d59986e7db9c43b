import { expect, test } from 'bun:test'
import { convertOnce } from '#src/protocols/openai/request/known-schemas.ts'

const counting = () => {
  let count = 0
  const convert = (schema: Readonly<Record<string, unknown>>) => ({ ...schema, converted: ++count })
  return { convert, count: () => count }
}

test('a schema that was seen before is not converted again, whoever sends it', () => {
  const { convert, count } = counting()
  const first = convertOnce({ type: 'object', title: 'seen before' }, convert)
  expect(convertOnce({ type: 'object', title: 'seen before' }, convert)).toBe(first as never)
  expect(convertOnce({ type: 'object', title: 'seen never' }, convert)).not.toEqual(first as never)
  expect(count()).toBe(2)
})

test('that a schema says nothing is remembered as well', () => {
  let count = 0
  const convert = () => {
    count++
    return undefined
  }
  for (let turn = 0; turn < 3; turn++) expect(convertOnce({ title: 'says nothing' }, convert)).toBeUndefined()
  expect(count).toBe(1)
})

test('what is refused is refused every time', () => {
  const refuse = () => {
    throw new Error('refused')
  }
  for (let turn = 0; turn < 2; turn++) expect(() => convertOnce({ title: 'refused' }, refuse)).toThrow('refused')
})

test('very many schemas push the oldest out, and a large one is not kept', () => {
  const { convert, count } = counting()
  convertOnce({ title: 'the oldest' }, convert)
  for (let index = 0; index < 200; index++) convertOnce({ title: `${index}`.padStart(30_000, 'x') }, convert)
  convertOnce({ title: 'the oldest' }, convert)
  expect(count()).toBe(202)
  const large = { title: 'y'.repeat(40_000) }
  convertOnce(large, convert)
  convertOnce(large, convert)
  expect(count()).toBe(204)
})
