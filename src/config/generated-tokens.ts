import type { GeneratedToken } from './first-start-tokens.ts'
import type { Settings } from './settings.ts'

/** A row beside the settings, which no person sees: ids of the tokens that were made because none was set. */
const rowName = 'GENERATED_TOKENS'

/**
 * What the database says wins over the environment because a person chose it. Nobody chose a generated token: it gives
 * way as soon as one is set in the environment or in `.env`.
 * @param idOf names a secret without holding any part of it
 */
export const withoutOvertakenTokens = (
  rows: ReadonlyMap<string, string>,
  settings: Pick<Settings, 'originOf'>,
  idOf: (secret: string) => string,
): ReadonlyMap<string, string> => {
  const generated = readIds(rows)
  const isOvertaken = (name: string) => {
    const value = rows.get(name)
    return value !== undefined && generated.includes(idOf(value)) && settings.originOf(name) !== 'default'
  }
  const kept = new Map(rows)
  for (const name of ['AUTH_TOKEN', 'ALLOWED_TOKENS']) if (isOvertaken(name)) kept.delete(name)
  kept.delete(rowName)
  return kept
}

/** The row that remembers which stored values were made here; for the settings' store. */
export const noteGenerated = (
  rows: ReadonlyMap<string, string>,
  tokens: readonly GeneratedToken[],
  idOf: (secret: string) => string,
): ReadonlyMap<string, string> => {
  const ids = tokens.map(({ setting, token }) =>
    idOf(setting === 'ALLOWED_TOKENS' ? JSON.stringify([token.reveal()]) : token.reveal()),
  )
  return new Map([[rowName, JSON.stringify([...readIds(rows), ...ids].slice(-10))]])
}

const readIds = (rows: ReadonlyMap<string, string>): readonly string[] => {
  try {
    const ids: unknown = JSON.parse(rows.get(rowName) ?? '[]')
    return Array.isArray(ids) ? ids.map(String) : []
  } catch {
    return []
  }
}
