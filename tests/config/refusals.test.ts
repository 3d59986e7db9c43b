import { describe, expect, test } from 'bun:test'
import { SettingsRefused } from '#src/config/settings-refused.ts'
import { attachedSettings, openSettings } from './sample-settings.ts'

const sentencesOf = (action: () => unknown): readonly string[] => {
  try {
    action()
  } catch (error) {
    if (error instanceof SettingsRefused) return error.refusals.map(({ sentence }) => sentence)
    throw error
  }
  return []
}

describe('a bad value of the environment is refused with a sentence', () => {
  test.each([
    ['COUNT', '0', 'COUNT is 0, but must be a whole number of attempts from 1 to 10.'],
    ['COUNT', '2.5', 'COUNT is 2.5, but must be a whole number of attempts from 1 to 10.'],
    ['COUNT', 'many', 'COUNT is "many", but must be a whole number of attempts from 1 to 10.'],
    ['PAUSE', '-1', 'PAUSE is -1, but must be a number of seconds, at least 0.'],
    ['ENABLED', 'maybe', 'ENABLED is "maybe", but must be true or false.'],
    ['COLOUR', 'blue', 'COLOUR is "blue", but must be one of red, green.'],
    [
      'MODELS',
      '["a",',
      'MODELS is "[\\"a\\",", but must be a list: JSON such as ["a", "b"], or values parted by commas.',
    ],
    ['MODELS', '["a",7]', 'MODELS, entry 2 is 7, but must be a text.'],
    ['BUDGETS', 'five', 'BUDGETS is "five", but must be an object written as JSON, such as {"name": 1}.'],
    ['BUDGETS', '{"a/b": "x"}', 'BUDGETS, a/b is "x", but must be a number.'],
    [
      'RULES',
      'A',
      'RULES is "A", but must be a list written as JSON, each entry an object with the fields kind, limit.',
    ],
    [
      'RULES',
      '[{"kind":"A","limit":1},{"kind":"C","limit":1}]',
      'RULES, entry 2, kind is "C", but must be one of A, B.',
    ],
    ['RULES', '[{"kind":"A"}]', 'RULES, entry 1, limit is missing, but must be a whole number.'],
    ['RULES', '[{"kind":"A","limit":1,"extra":2}]', 'RULES, entry 1, extra is 2, but is not known there.'],
    ['EVEN', '3', 'EVEN is 3, but must be even.'],
    ['PASSWORD', 'marker secret', 'PASSWORD must not hold spaces (its value is not shown).'],
    ['TOKENS', '["marker", 7]', 'TOKENS, entry 2 must be a text (its value is not shown).'],
    ['HEADERS', '{"marker": 7}', 'HEADERS must be a text (its value is not shown).'],
    [
      'HEADERS',
      'marker',
      'HEADERS must be an object written as JSON, such as {"name": "value"} (its value is not shown).',
    ],
    ['DOOR', 'x', 'DOOR is "x", but must be a whole number.'],
  ])('%s=%s', (name, text, sentence) => {
    expect(sentencesOf(() => openSettings({ [name]: text }))).toEqual([sentence])
  })

  test('a long value is cut in the sentence', () => {
    const [sentence] = sentencesOf(() => openSettings({ COLOUR: 'x'.repeat(500) }))
    expect(sentence).toBe(`COLOUR is "${'x'.repeat(79)}…, but must be one of red, green.`)
  })

  test('credentials in an address are left out even where a setting is not secret', () => {
    const [sentence] = sentencesOf(() => openSettings({ COLOUR: 'http://me:pw@host/?key=abc&code=d e' }))
    expect(sentence).toBe('COLOUR is "http://…@host/?key=…&code=… e", but must be one of red, green.')
  })

  test('all bad values are told together, with the faults of the .env file first', () => {
    expect(sentencesOf(() => openSettings({ COUNT: '0', EVEN: '3' }, 'NAME="open'))).toEqual([
      'Line 1 of the .env file: NAME opens a quote that is never closed.',
      'COUNT is 0, but must be a whole number of attempts from 1 to 10.',
      'EVEN is 3, but must be even.',
    ])
  })

  test('the message of the error is all sentences, one a line', () => {
    expect(() => openSettings({ COUNT: '0', EVEN: '3' })).toThrow(
      'COUNT is 0, but must be a whole number of attempts from 1 to 10.\nEVEN is 3, but must be even.',
    )
  })
})

describe('a bad change is refused with a sentence', () => {
  test.each([
    ['COUNT', 11, 'COUNT is 11, but must be a whole number of attempts from 1 to 10.'],
    ['COUNT', '', 'COUNT is "", but must be a whole number of attempts from 1 to 10.'],
    ['COUNT', Number.NaN, 'COUNT is NaN, but must be a whole number of attempts from 1 to 10.'],
    ['MODELS', { a: 1 }, 'MODELS is {"a":1}, but must be a list: JSON such as ["a", "b"], or values parted by commas.'],
    ['TITLE', '', 'TITLE is "", but must be a text that is not empty.'],
    ['PASSWORD', 7, 'PASSWORD must be a text (its value is not shown).'],
    ['DOOR', 2, 'DOOR is read at start only: set it in the environment or in .env, and start again.'],
    ['WINDOW', 2, 'WINDOW is not a setting of this version.'],
    ['constructor', 2, 'constructor is not a setting of this version.'],
  ])('%s to %p', async (name, value, sentence) => {
    const { settings } = attachedSettings()
    const refused = await settings.change(new Map([[name, value]])).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(SettingsRefused)
    expect((refused as SettingsRefused).refusals).toEqual([{ setting: name, sentence }])
  })
})
