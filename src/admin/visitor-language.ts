import { type Language, languages } from '#templates/language.ts'

const cookieName = 'gemini_balance_language'

const oneYearSeconds = 31_536_000

/** The language of a page: what the address asks for, else what was chosen before, else what the browser prefers. */
export const languageOf = (request: Request): Language =>
  chosenLanguage(request) ??
  knownLanguage(new Bun.CookieMap(request.headers.get('cookie') ?? '').get(cookieName)) ??
  preferredLanguage(request.headers.get('accept-language') ?? '')

/** The header that remembers a language the address asked for; undefined when it asked for none. */
export const languageCookie = (request: Request, basePath: string): string | undefined => {
  const language = chosenLanguage(request)
  if (language === undefined) return undefined
  const path = basePath === '' ? '/' : basePath
  return new Bun.Cookie(cookieName, language, {
    path,
    sameSite: 'lax',
    httpOnly: true,
    maxAge: oneYearSeconds,
  }).serialize()
}

const chosenLanguage = (request: Request) => knownLanguage(new URL(request.url).searchParams.get('lang'))

const knownLanguage = (name: string | null): Language | undefined => languages.find(language => language === name)

const preferredLanguage = (header: string): Language => {
  const wishes = header
    .split(',')
    .map(entry => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';')
      const weight = parameters
        .map(parameter => /^\s*q=([\d.]+)/.exec(parameter)?.[1])
        .find(value => value !== undefined)
      return { language: knownLanguage(tag.split('-')[0] ?? ''), weight: Number(weight ?? 1) }
    })
    .sort((left, right) => right.weight - left.weight)
  return wishes.find(wish => wish.language !== undefined && wish.weight > 0)?.language ?? 'en'
}
