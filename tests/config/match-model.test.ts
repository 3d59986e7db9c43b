import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { matchesModel } from '#src/config/match-model.ts'

describe('a model stands in a list', () => {
  test.each([
    [['gemini-3.8-flash'], 'gemini-3.8-flash', true],
    [['gemini-3.8-flash'], 'gemini-3.8-flash-lite', false],
    [['gemini-3*'], 'gemini-3.8-flash', true],
    [['gemini-3*'], 'gemini-4-argon', false],
    [['*-image'], 'gemini-3.1-flash-image', true],
    [['gemini-*-image'], 'gemini-image', false],
    [['gemini-*-image'], 'gemini-3-image', true],
    [['*flash*lite*'], 'gemini-3.5-flash-lite', true],
    [['*lite*flash*'], 'gemini-3.5-flash-lite', false],
    [['a*ab'], 'ab', false],
    [['a*ab'], 'aab', true],
    [['a*b*b'], 'ab', false],
    [['*'], '', true],
    [['**'], 'anything', true],
    [[''], '', true],
    [['gemini-1.0'], 'gemini-1x0', false],
    [['other', 'gemini-3*'], 'gemini-3', true],
    [[], 'gemini-3', false],
  ])('%j holds %p: %p', (patterns, model, matches) => {
    expect(matchesModel(patterns, model)).toBe(matches)
    expect(matchesModel(patterns, model)).toBe(matches)
  })

  test('exactly when a regular expression of the same meaning says so', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
    fc.assert(
      fc.property(word, name, (pattern, model) => {
        expect(matchesModel([pattern], model)).toBe(new RegExp(`^${pattern.replace(/\*+/g, '.*')}$`).test(model))
      }),
      { numRuns: 2000 },
    )
  })
})
