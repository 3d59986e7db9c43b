/**
 * The text form of a setting's value, as the original writes it into `.env` files and `t_settings`: JSON for lists
 * and objects, lower-case `true` and `false`, everything else as it is.
 */
export const writeValue = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)
