import { describe, expect, test } from 'bun:test'
import { defineSettings } from '#src/config/define-settings.ts'
import { Settings } from '#src/config/settings.ts'
import { attachedSettings, openSettings, sampleSettings } from './sample-settings.ts'

describe('the stronger source wins, and every value knows where it came from', () => {
  test.each([
    [{}, undefined, {}, 3, 'default'],
    [{}, 'COUNT=4', {}, 4, '.env'],
    [{ COUNT: '5' }, 'COUNT=4', {}, 5, 'environment'],
    [{ COUNT: '5' }, 'COUNT=4', { COUNT: '6' }, 6, 'database'],
    [{}, undefined, { COUNT: '6' }, 6, 'database'],
    [{ COUNT: '3' }, undefined, {}, 3, 'environment'],
    [{}, undefined, { COUNT: '3' }, 3, 'database'],
    // A process manager, or Bun itself, has copied the file into the environment.
    [{ COUNT: '4' }, 'COUNT=4', {}, 4, '.env'],
  ] as const)('environment %j, file %j, database %j: %p from %s', (environment, file, rows, value, origin) => {
    const { settings, values } = attachedSettings(environment, file)
    settings.applyStored(new Map(Object.entries(rows)))
    expect(values.COUNT).toBe(value)
    expect(settings.originOf('COUNT')).toBe(origin)
  })

  test('an empty variable means that nobody set it', () => {
    const empty = { COUNT: '', ENABLED: ' ', MODELS: '', BUDGETS: '', COLOUR: '', TITLE: '' }
    const settings = openSettings(empty)
    for (const name of Object.keys(empty)) expect(settings.originOf(name)).toBe('default')
    expect(settings.view(sampleSettings).MODELS).toEqual(['one'])
  })

  test('an empty variable lets the .env file speak', () => {
    const settings = openSettings({ COUNT: '' }, 'COUNT=7')
    expect([settings.view(sampleSettings).COUNT, settings.originOf('COUNT')]).toEqual([7, '.env'])
  })

  test('an empty variable is a value where a text may be empty', () => {
    const settings = openSettings({ NAME: '' }, 'NAME=somebody')
    expect([settings.view(sampleSettings).NAME, settings.originOf('NAME')]).toEqual(['', 'environment'])
  })

  test('names are exact', () => {
    expect(openSettings({ count: '5', Count: '5' }).view(sampleSettings).COUNT).toBe(3)
  })
})

describe('the declarations', () => {
  const twice = { COUNT: sampleSettings.COUNT }

  test('one name by two owners is refused, naming both', () => {
    const definitions = [
      { owner: 'keys', settings: sampleSettings },
      { owner: 'the plugin search', settings: twice },
    ]
    expect(() => Settings.fromEnvironment({ definitions, environment: {}, envFile: undefined })).toThrow(
      'The setting COUNT is declared twice: by keys and by the plugin search.',
    )
  })

  test('a view of settings that nobody declared at start is refused', () => {
    const stranger = defineSettings({ STRANGER: sampleSettings.COUNT })
    expect(() => openSettings().view(stranger)).toThrow('The setting STRANGER was not declared at start.')
  })

  test('a view may hold a part of what was declared, and stays live', async () => {
    const { settings } = attachedSettings()
    const part = settings.view({ COUNT: sampleSettings.COUNT })
    await settings.change(new Map([['COUNT', 9]]))
    expect(part).toEqual({ COUNT: 9 })
  })

  test('a default that its own rule refuses stops the start', () => {
    const settings = defineSettings({ ODD: { ...sampleSettings.EVEN, default: 1 } })
    expect(() =>
      Settings.fromEnvironment({ definitions: [{ owner: 'x', settings }], environment: {}, envFile: undefined }),
    ).toThrow('ODD is 1, but must be even.')
  })
})
