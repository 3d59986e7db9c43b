import { describe, expect, test } from 'bun:test'
import { SettingsRefused } from '#src/config/settings-refused.ts'
import { attachedSettings, openSettings, sampleSettings } from './sample-settings.ts'

describe('a change', () => {
  test('is saved, holds in the views, and then is told', async () => {
    const { settings, values, saves } = attachedSettings()
    const seen: unknown[] = []
    settings.onChange(changed => seen.push([...changed], values.COUNT, saves.length))
    await settings.change(
      new Map<string, unknown>([
        ['COUNT', 4],
        ['ENABLED', true],
        ['MODELS', ['a', 'ü']],
        ['BUDGETS', { a: -1 }],
        ['NAME', 'x'],
      ]),
    )
    expect(values).toMatchObject({ COUNT: 4, ENABLED: true, MODELS: ['a', 'ü'], BUDGETS: { a: -1 }, NAME: 'x' })
    expect(saves).toEqual([{ COUNT: '4', ENABLED: 'true', MODELS: '["a","ü"]', BUDGETS: '{"a":-1}', NAME: 'x' }])
    expect(seen).toEqual([['COUNT', 'ENABLED', 'MODELS', 'BUDGETS', 'NAME'], 4, 1])
    expect(settings.originOf('COUNT')).toBe('database')
  })

  test('may come as texts, as a form sends them', async () => {
    const { settings, values, saves } = attachedSettings()
    await settings.change(
      new Map([
        ['COUNT', ' 4 '],
        ['ENABLED', 'on'],
        ['MODELS', 'a\r\nb\r\n'],
        ['COLOUR', 'Crimson'],
      ]),
    )
    expect(values).toMatchObject({ COUNT: 4, ENABLED: true, MODELS: ['a', 'b'], COLOUR: 'red' })
    expect(saves).toEqual([{ COUNT: '4', ENABLED: 'true', MODELS: '["a","b"]', COLOUR: 'red' }])
  })

  test('to the value that holds already is saved too, and tells nobody', async () => {
    const { settings, saves } = attachedSettings({ COUNT: '4' })
    let told = 0
    settings.onChange(() => told++)
    await settings.change(new Map([['COUNT', 4]]))
    expect(saves).toEqual([{ COUNT: '4' }])
    expect(settings.originOf('COUNT')).toBe('database')
    expect(told).toBe(0)
  })

  test('of which one part is refused changes nothing at all', async () => {
    const { settings, values, saves } = attachedSettings()
    const before = { ...values }
    let told = 0
    settings.onChange(() => told++)
    const mixed = new Map<string, unknown>([
      ['COUNT', 4],
      ['EVEN', 3],
      ['WINDOW', 1],
    ])
    const refused = await settings.change(mixed).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(SettingsRefused)
    expect((refused as SettingsRefused).refusals.map(({ setting }) => setting)).toEqual(['EVEN', 'WINDOW'])
    expect({ ...values }).toEqual(before)
    expect([saves, told, settings.originOf('COUNT')]).toEqual([[], 0, 'default'])
  })

  test('that cannot be saved changes nothing, and the next one can be', async () => {
    const { settings, values, saves, state } = attachedSettings()
    state.broken = true
    await expect(settings.change(new Map([['COUNT', 4]]))).rejects.toThrow('The database is away')
    expect(values.COUNT).toBe(3)
    state.broken = false
    await settings.change(new Map([['COUNT', 6]]))
    expect(values.COUNT).toBe(6)
    expect(saves).toEqual([{ COUNT: '6' }])
  })

  test('before the database is open is an error', async () => {
    const settings = openSettings()
    await expect(settings.change(new Map([['COUNT', 4]]))).rejects.toThrow(
      'Settings cannot be changed before the database is open.',
    )
    expect(settings.view(sampleSettings).COUNT).toBe(3)
  })

  test('leaves the list it came with to its owner, and gives out one nobody can alter', async () => {
    const { settings, values } = attachedSettings()
    const mine = ['a']
    await settings.change(new Map([['MODELS', mine]]))
    mine.push('b')
    expect(values.MODELS).toEqual(['a'])
    expect(() => values.MODELS.push('c')).toThrow()
  })

  test('is told to every listener although one of them fails, and to none that left', async () => {
    const { settings, lines } = attachedSettings()
    const told: string[] = []
    settings.onChange(() => {
      throw new Error('out of order')
    })
    settings.onChange(() => told.push('stays'))
    settings.onChange(() => told.push('leaves'))()
    await settings.change(new Map([['COUNT', 4]]))
    expect(told).toEqual(['stays'])
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'A part of the program did not take up changed settings'],
    ])
  })
})

test('changes at the same time come one after the other, and the last one saved is the one that holds', async () => {
  const { settings, values } = attachedSettings()
  const order: string[] = []
  const waiting: (() => void)[] = []
  settings.attach({
    store: {
      saveSettings: async changes => {
        await new Promise<void>(resolve => waiting.push(resolve))
        order.push(changes.get('COUNT') ?? 'removed')
      },
    },
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  })
  const both = [settings.change(new Map([['COUNT', 4]])), settings.change(new Map([['COUNT', 5]]))]
  const release = async () => {
    while (waiting.length === 0) await Bun.sleep(1)
    expect(waiting).toHaveLength(1)
    waiting.pop()?.()
  }
  await release()
  await release()
  await Promise.all(both)
  expect(order).toEqual(['4', '5'])
  expect(values.COUNT).toBe(5)
})

describe('putting a setting back', () => {
  test('removes the row, and what holds without it holds again', async () => {
    const { settings, values, saves } = attachedSettings({ COUNT: '5' }, 'PAUSE=2')
    await settings.change(
      new Map([
        ['COUNT', 6],
        ['PAUSE', 7],
      ]),
    )
    const told: string[][] = []
    settings.onChange(changed => told.push([...changed]))
    await settings.restore(['COUNT', 'PAUSE', 'NAME'])
    expect(values).toMatchObject({ COUNT: 5, PAUSE: 2 })
    expect([settings.originOf('COUNT'), settings.originOf('PAUSE')]).toEqual(['environment', '.env'])
    expect(saves.at(-1)).toEqual({ COUNT: null, PAUSE: null, NAME: null })
    expect(told).toEqual([['COUNT', 'PAUSE']])
  })

  test('of a name that cannot be changed is refused and puts nothing back', async () => {
    const { settings, values, saves } = attachedSettings()
    await settings.change(new Map([['COUNT', 6]]))
    await expect(settings.restore(['COUNT', 'DOOR'])).rejects.toThrow(SettingsRefused)
    await expect(settings.restore(['COUNT', 'WINDOW'])).rejects.toThrow('WINDOW is not a setting of this version.')
    expect(values.COUNT).toBe(6)
    expect(saves).toHaveLength(1)
  })
})
