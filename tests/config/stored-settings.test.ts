import { describe, expect, test } from 'bun:test'
import { attachedSettings } from './sample-settings.ts'

describe('rows of the database', () => {
  test('a row that cannot be used is ignored with a warning, and the others hold', () => {
    const { settings, values, lines } = attachedSettings({ COUNT: '5' })
    settings.applyStored(
      new Map([
        ['COUNT', '0'],
        ['EVEN', 'null'],
        ['PAUSE', '2'],
      ]),
    )
    expect(values).toMatchObject({ COUNT: 5, EVEN: 2, PAUSE: 2 })
    expect(settings.originOf('COUNT')).toBe('environment')
    expect(lines).toEqual([
      {
        level: 'warn',
        message:
          'A setting of the database is ignored: COUNT is 0, but must be a whole number of attempts from 1 to 10.',
        fields: { setting: 'COUNT' },
      },
      {
        level: 'warn',
        message: 'A setting of the database is ignored: EVEN is "null", but must be a whole number.',
        fields: { setting: 'EVEN' },
      },
    ])
  })

  test('a secret row that cannot be used is not quoted', () => {
    const { settings, lines } = attachedSettings()
    settings.applyStored(new Map([['PASSWORD', 'marker secret']]))
    expect(JSON.stringify(lines)).not.toContain('marker')
    expect(lines).toHaveLength(1)
  })

  test('a row of an unknown setting is told at debug level only', () => {
    const { settings, lines } = attachedSettings()
    settings.applyStored(new Map([['modelSearchInput', 'x']]))
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([['debug', { setting: 'modelSearchInput' }]])
  })

  test('a row of a setting that is read at start only is ignored without a word', () => {
    const { settings, values, lines } = attachedSettings()
    settings.applyStored(new Map([['DOOR', '9']]))
    expect(values.DOOR).toBe(1)
    expect(lines).toEqual([])
  })

  test('rows that another server changed are taken over, removed ones fall back, and listeners are told', () => {
    const { settings, values } = attachedSettings({ COUNT: '5' })
    const told: string[][] = []
    settings.onChange(changed => told.push([...changed]))
    settings.applyStored(
      new Map([
        ['COUNT', '6'],
        ['PAUSE', '2'],
      ]),
    )
    settings.applyStored(new Map([['PAUSE', '3']]))
    settings.applyStored(new Map([['PAUSE', '3.0']]))
    expect(values).toMatchObject({ COUNT: 5, PAUSE: 3 })
    expect(told).toEqual([
      ['COUNT', 'PAUSE'],
      ['COUNT', 'PAUSE'],
    ])
  })
})
