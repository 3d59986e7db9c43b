import { Value } from '@sinclair/typebox/value'
import { acceptValue } from './accept-value.ts'
import type { Declared } from './declared-settings.ts'
import type { HeldValue, SettingOrigin } from './held-value.ts'
import { parseEnvFile } from './parse-env-file.ts'
import { type Refusal, SettingsRefused } from './settings-refused.ts'

/** Variables of the process by their exact names. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/**
 * The value of every declared setting without the database: environment, else `.env`, else default.
 * @throws SettingsRefused with every bad value and every fault of the file at once
 */
export const readEnvironment = (
  declarations: ReadonlyMap<string, Declared>,
  environment: EnvironmentVariables,
  envFile: string | undefined,
): ReadonlyMap<string, HeldValue> => {
  const file = parseEnvFile(envFile ?? '')
  const refusals: Refusal[] = file.faults.map(sentence => ({ setting: '', sentence }))
  const held = new Map<string, HeldValue>()
  for (const [name, declared] of declarations) {
    const given = givenText(declared, environment[name], file.values.get(name))
    const accepted = acceptValue(declared, given.text ?? declared.setting.default)
    if ('value' in accepted) held.set(name, { value: accepted.value, origin: given.origin })
    else refusals.push({ setting: name, sentence: accepted.refusal })
  }
  if (refusals.length > 0) throw new SettingsRefused(refusals)
  return held
}

type Given = { readonly text: string | undefined; readonly origin: SettingOrigin }

const givenText = (declared: Declared, variable: string | undefined, line: string | undefined): Given => {
  const fromEnvironment = variable !== undefined && !meansUnset(declared, variable)
  const fromFile = line !== undefined && !meansUnset(declared, line)
  // Bun and process managers copy the file into the environment; what both say was written in the file.
  if (fromFile && (!fromEnvironment || variable === line)) return { text: line, origin: '.env' }
  return fromEnvironment ? { text: variable, origin: 'environment' } : { text: undefined, origin: 'default' }
}

/** Compose files hand on variables that nobody set as empty ones. */
const meansUnset = ({ type, setting }: Declared, text: string): boolean =>
  text.trim() === '' && !(type.kind === 'text' && Value.Check(setting.schema, text))
