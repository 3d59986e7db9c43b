/** No name of Google's is as long; converting a hostile one of megabytes takes seconds. */
const longestName = 64

/** `system_instruction` → `systemInstruction`: Google reads both spellings of every name. */
export const toCamelCase = (name: string): string =>
  name.length <= longestName && name.includes('_')
    ? name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
    : name
