import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FunctionNames } from '#src/protocols/function-names.ts'
import { functionName } from './_tool-schemas.ts'

const googleName = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/

test.each([
  ['get_weather', 'get_weather'],
  ['a.b:c-d_e', 'a.b:c-d_e'],
  ['mcp/server tool', 'mcp_server_tool'],
  ['9lives', '_9lives'],
  ['-dash', '_-dash'],
  ['', '_'],
  ['天気', '__'],
  ['a🌦️b', 'a__b'],
  ['\ud800', '_'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['a'.repeat(64), 'a'.repeat(64)],
])('%j goes up as %j and comes back as it was', (client, google) => {
  const names = new FunctionNames()
  expect(names.toGoogle(client)).toBe(google)
  expect(names.toClient(google)).toBe(client)
})

test('long names that differ only at their end stay apart', () => {
  const names = new FunctionNames()
  const long = ['x', 'y'].map(end => 'a'.repeat(10_000) + end)
  const [first = '', second = ''] = long.map(name => names.toGoogle(name))
  expect(first).toMatch(/^a{50,}_[0-9a-z]+$/)
  expect(first).toMatch(googleName)
  expect(second).not.toBe(first)
  expect([first, second].map(name => names.toClient(name))).toEqual(long)
})

test('of two names that would become the same, the later one is changed further', () => {
  const names = new FunctionNames()
  const [first, second, third] = ['a b', 'a/b', 'a_b'].map(name => names.toGoogle(name))
  expect(first).toBe('a_b')
  expect(second).toMatch(/^a_b_[0-9a-z]+$/)
  expect(third).toMatch(/^a_b_[0-9a-z]+$/)
  expect(third).not.toBe(second)
})

test('a good name keeps itself when it is known beforehand', () => {
  const names = new FunctionNames(['a b', 'a_b'])
  expect(names.toGoogle('a b')).toMatch(/^a_b_[0-9a-z]+$/)
  expect(names.toGoogle('a_b')).toBe('a_b')
})

test('a name the model made up comes back as it is', () => {
  expect(new FunctionNames().toClient('__proto__')).toBe('__proto__')
  expect(new FunctionNames(['a']).toClient('toString')).toBe('toString')
})

test('any names go up as different good ones, come back, and do so again', () => {
  fc.assert(
    fc.property(fc.array(functionName, { maxLength: 30 }), list => {
      const names = new FunctionNames()
      const google = list.map(name => names.toGoogle(name))
      for (const name of google) expect(name).toMatch(googleName)
      expect(new Set(google).size).toBe(new Set(list).size)
      expect(google.map(name => names.toClient(name))).toEqual(list)
      const again = new FunctionNames()
      expect(list.map(name => again.toGoogle(name))).toEqual(google)
    }),
    { numRuns: 300 },
  )
})

test('names made to have the same hash stay apart, and come back', () => {
  const twins = ['崱誏', '耰戼']
  const names = new FunctionNames(['__'])
  const written = twins.map(name => names.toGoogle(name))
  expect(written[1]).toBe(`${written[0]}_2`)
  expect(written.map(name => names.toClient(name))).toEqual(twins)
})
