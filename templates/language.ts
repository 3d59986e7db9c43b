/** The languages the dashboard speaks, in the order of the switch. */
export const languages = ['en', 'zh'] as const

export type Language = (typeof languages)[number]

/** What stands on the switch: each language in its own words. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' }
