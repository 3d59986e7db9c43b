import type { Language } from './language.ts'
import { chinese } from './words-chinese.ts'
import { english, type Words } from './words-english.ts'

const dictionary: Readonly<Record<Language, Words>> = { en: english, zh: chinese }

/** The words of one language. Some are functions of what they speak about; none of them escapes anything. */
export const wordsOf = (language: Language): Words => dictionary[language]
