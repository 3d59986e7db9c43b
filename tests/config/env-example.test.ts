import { expect, test } from 'bun:test'
import { plugins } from '#plugins/index.ts'
import { generateExample } from '#src/config/generate-example.ts'
import { Settings } from '#src/config/settings.ts'
import { settingsOf } from '#src/serve.ts'

const everySetting = settingsOf(plugins)

test('.env.example says what the declarations say (how to write it anew: src/config/README.md)', async () => {
  expect(await Bun.file(`${import.meta.dir}/../../.env.example`).text()).toBe(generateExample(everySetting))
})

test('with the mark in front of its settings removed, the example is a .env file that changes nothing', () => {
  const envFile = generateExample(everySetting).replace(/^# (?=[A-Z_]+=)/gm, '')
  const from = (text: string | undefined) =>
    Settings.fromEnvironment({ definitions: everySetting, environment: {}, envFile: text })
      .describe()
      .map(({ name, value }) => ({ name, value }))
  expect(from(envFile)).toEqual(from(undefined))
  for (const { name } of from(undefined)) expect(envFile).toContain(`\n${name}=`)
})
