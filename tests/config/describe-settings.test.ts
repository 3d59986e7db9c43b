import { describe, expect, test } from 'bun:test'
import { attachedSettings, sampleSettings } from './sample-settings.ts'

const describedIn = (settings: ReturnType<typeof attachedSettings>['settings'], name: string) =>
  settings.describe().find(description => description.name === name)

describe('what the dashboard is told', () => {
  test('everything about an open setting, with what would hold without the database', async () => {
    const { settings } = attachedSettings({ COUNT: '5' })
    await settings.change(new Map([['COUNT', 6]]))
    expect(describedIn(settings, 'COUNT')).toEqual({
      name: 'COUNT',
      group: 'server',
      help: { en: 'A sample.', zh: '示例。' },
      type: { kind: 'number', whole: true, minimum: 1, maximum: 10 },
      unit: 'attempts',
      secret: false,
      default: { secret: false, value: 3 },
      value: { secret: false, value: 6 },
      origin: 'database',
      fallback: { value: { secret: false, value: 5 }, origin: 'environment' },
      changeable: true,
    })
  })

  test('the choices of a choice', () => {
    expect(describedIn(attachedSettings().settings, 'COLOUR')?.type).toMatchObject({ choices: ['red', 'green'] })
  })

  test('that a setting is read at start only', () => {
    expect(describedIn(attachedSettings().settings, 'DOOR')?.changeable).toBe(false)
  })

  test('of secrets only whether they are set and how many there are', async () => {
    const environment = { PASSWORD: 'marker-1', TOKENS: 'marker-2,marker-3', HEADERS: '{"marker-4":"marker-5"}' }
    const { settings } = attachedSettings(environment)
    await settings.change(new Map([['TOKENS', ['marker-6', 'marker-7', 'marker-8']]]))
    expect(describedIn(settings, 'PASSWORD')?.value).toEqual({ secret: true, set: true, entries: undefined })
    expect(describedIn(settings, 'TOKENS')?.value).toEqual({ secret: true, set: true, entries: 3 })
    expect(describedIn(settings, 'TOKENS')?.fallback.value).toEqual({ secret: true, set: true, entries: 2 })
    expect(describedIn(settings, 'HEADERS')?.value).toEqual({ secret: true, set: true, entries: 1 })
    expect(JSON.stringify(settings.describe())).not.toContain('marker')
  })

  test('that a secret is not set', () => {
    const { settings } = attachedSettings()
    expect(describedIn(settings, 'PASSWORD')?.value).toEqual({ secret: true, set: false, entries: undefined })
    expect(describedIn(settings, 'TOKENS')?.value).toEqual({ secret: true, set: false, entries: 0 })
  })

  test('every setting, in the order of the declarations', () => {
    const names = attachedSettings()
      .settings.describe()
      .map(({ name }) => name)
    expect(names).toEqual(Object.keys(sampleSettings))
  })
})
