import { expect, test } from 'bun:test'
import { checkPlugins, checkRoutes } from '#pipeline/check-plugins.ts'
import type { Plugin } from '#pipeline/plugin.ts'
import { plugins } from '#plugins/index.ts'
import { declareSettings } from '#src/config/declared-settings.ts'
import { Settings } from '#src/config/settings.ts'
import { settingsOf } from '#src/serve.ts'
import { brief } from './_example.ts'

const load = (list: readonly Plugin[]) => {
  const settings = Settings.fromEnvironment({ definitions: settingsOf(list), environment: {}, envFile: undefined })
  return list.map(plugin => ({ plugin, parts: plugin.parts(settings.view(plugin.settings) as never) }))
}

test.each(plugins.map(plugin => [plugin.name, plugin] as const))('the plugin %s keeps the contract', (name, plugin) => {
  expect(name).toMatch(/^[a-z][a-z-]*$/)
  const [loaded] = load([plugin])
  for (const { suffix, label, allows } of loaded?.parts.suffixes ?? []) {
    expect(suffix).toMatch(/^-[a-z-]+$/)
    expect(label).not.toBe('')
    expect(typeof allows('gemini-3.8-flash')).toBe('boolean')
  }
  for (const [setting, { help }] of Object.entries(plugin.settings)) {
    expect(setting).toMatch(/^[A-Z][A-Z0-9_]*$/)
    expect(help.en).not.toBe('')
    expect(help.zh).toMatch(/\p{Script=Han}/u)
  }
})

test('the plugins of the program can work together', () => {
  expect(() => checkPlugins(load(plugins))).not.toThrow()
})

test('two plugins with one name are refused', () => {
  expect(() => checkPlugins(load([brief, { ...brief, settings: {} }]))).toThrow('Two plugins are called brief.')
})

test('two owners of one suffix are refused by name', () => {
  expect(() => checkPlugins(load([brief, { ...brief, name: 'short', settings: {} }]))).toThrow(
    'The suffix -brief belongs to both brief and short.',
  )
})

test('two owners of one setting are refused by name', () => {
  const search = plugins.find(({ name }) => name === 'search')
  if (search === undefined) throw new Error('there is no search plugin')
  const twin = { ...search, name: 'twin', settings: { ...search.settings } }
  expect(() => declareSettings(settingsOf([search, twin]))).toThrow(
    'The setting SEARCH_MODELS is declared twice: by the plugin search and by the plugin twin.',
  )
})

test('two owners of one route are refused by name', () => {
  const route = { method: 'GET', path: '/v1beta/*' }
  expect(() =>
    checkRoutes([
      { plugin: 'a', ...route },
      { plugin: 'b', ...route },
    ]),
  ).toThrow('The route GET /v1beta/* belongs to both a and b.')
})

test('the plugin in the README is the one that is tested', async () => {
  const readme = await Bun.file('plugins/README.md').text()
  const example = await Bun.file('tests/plugins/_example.ts').text()
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
})
