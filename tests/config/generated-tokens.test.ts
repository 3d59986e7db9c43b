import { expect, test } from 'bun:test'
import { noteGenerated, withoutOvertakenTokens } from '#src/config/generated-tokens.ts'
import type { SettingOrigin } from '#src/config/held-value.ts'
import { Secret } from '#src/security/secret.ts'

const idOf = (secret: string) => `id of ${secret.length} characters, ${Bun.hash(secret)}`

const rows = (...more: (readonly [string, string])[]) => {
  const made = noteGenerated(
    new Map(),
    [
      { setting: 'AUTH_TOKEN', token: new Secret('made-admin') },
      { setting: 'ALLOWED_TOKENS', token: new Secret('made-client') },
    ],
    idOf,
  )
  return new Map([...made, ...more])
}

const settings = (origin: SettingOrigin) => ({ originOf: () => origin })

const made = [
  ['AUTH_TOKEN', 'made-admin'],
  ['ALLOWED_TOKENS', '["made-client"]'],
] as const

test('generated tokens hold while nobody set one', () => {
  expect([...withoutOvertakenTokens(rows(...made), settings('default'), idOf)]).toEqual([...made].map(row => [...row]))
})

test.each(['environment', '.env'] as const)('generated tokens give way to one that is set in %s', origin => {
  expect([...withoutOvertakenTokens(rows(...made), settings(origin), idOf)]).toEqual([])
})

test('a token that a person chose wins over the environment', () => {
  const chosen = rows(['AUTH_TOKEN', 'chosen-admin'])
  expect([...withoutOvertakenTokens(chosen, settings('environment'), idOf)]).toEqual([['AUTH_TOKEN', 'chosen-admin']])
})

test('what is remembered holds no token', () => {
  expect(JSON.stringify([...rows()])).not.toMatch(/made-/)
})

test('a row that cannot be read counts for nothing', () => {
  const broken = new Map([['GENERATED_TOKENS', '{'], ...made])
  expect(withoutOvertakenTokens(broken, settings('environment'), idOf).get('AUTH_TOKEN')).toBe('made-admin')
})
