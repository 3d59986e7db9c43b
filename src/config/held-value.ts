/** The sources a value can come from, weakest first. */
export type SettingOrigin = 'default' | '.env' | 'environment' | 'database'

/** A value and the source it came from. */
export type HeldValue = { readonly value: unknown; readonly origin: SettingOrigin }
