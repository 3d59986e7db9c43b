import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { listOfTexts, oneOf, someText } from '#src/config/setting-schemas.ts'
import { Settings, type SettingsStore } from '#src/config/settings.ts'
import type { LogFields, Logger } from '#src/logging/logger.ts'

const help = { en: 'A sample.', zh: '示例。' }
const group = 'server'

/** One setting of every kind. */
export const sampleSettings = defineSettings({
  COUNT: setting({ schema: Type.Integer({ minimum: 1, maximum: 10 }), default: 3, unit: 'attempts', group, help }),
  PAUSE: setting({ schema: Type.Number({ minimum: 0 }), default: 0.5, unit: 'seconds', group, help }),
  ENABLED: setting({ schema: Type.Boolean(), default: false, group, help }),
  COLOUR: setting({ schema: oneOf(['red', 'green'], { crimson: 'red' }), default: 'green', group, help }),
  NAME: setting({ schema: Type.String(), default: 'nobody', group, help }),
  TITLE: setting({ schema: someText(), default: 'none', group, help }),
  MODELS: setting({ schema: listOfTexts(), default: ['one'], group, help }),
  BUDGETS: setting({ schema: Type.Record(Type.String(), Type.Number()), default: {}, group, help }),
  RULES: setting({
    schema: Type.Array(
      Type.Object({ kind: oneOf(['A', 'B']), limit: Type.Integer() }, { additionalProperties: false }),
    ),
    default: [],
    group,
    help,
  }),
  EVEN: setting({
    schema: Type.Integer(),
    default: 2,
    group,
    help,
    refuse: value => (value % 2 === 0 ? undefined : 'must be even'),
  }),
  PASSWORD: setting({
    schema: Type.String(),
    default: '',
    group,
    help,
    secret: true,
    refuse: value => (value.includes(' ') ? 'must not hold spaces' : undefined),
  }),
  TOKENS: setting({ schema: listOfTexts(), default: [], group, help, secret: true }),
  HEADERS: setting({ schema: Type.Record(Type.String(), Type.String()), default: {}, group, help, secret: true }),
  DOOR: setting({ schema: Type.Integer(), default: 1, group, help, startOnly: true }),
})

export const openSettings = (environment: Readonly<Record<string, string>> = {}, envFile?: string) =>
  Settings.fromEnvironment({ definitions: [{ owner: 'samples', settings: sampleSettings }], environment, envFile })

/** A store that remembers every save, and fails while `broken` says so. */
export const rememberingStore = () => {
  const saves: Record<string, string | null>[] = []
  const state = { broken: false }
  const store: SettingsStore = {
    saveSettings: async changes => {
      if (state.broken) throw new Error('The database is away')
      saves.push(Object.fromEntries(changes))
    },
  }
  return { store, saves, state }
}

/** A logger whose lines can be read. */
export const rememberingLogger = () => {
  const lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[] = []
  const at = (level: string) => (message: string, fields?: LogFields) => void lines.push({ level, message, fields })
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { logger, lines }
}

/** Settings that can be changed, with what the store and the log saw. */
export const attachedSettings = (environment: Readonly<Record<string, string>> = {}, envFile?: string) => {
  const settings = openSettings(environment, envFile)
  const { store, saves, state } = rememberingStore()
  const { logger, lines } = rememberingLogger()
  settings.attach({ store, logger })
  return { settings, values: settings.view(sampleSettings), saves, state, lines }
}
