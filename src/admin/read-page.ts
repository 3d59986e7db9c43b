export type Page = { readonly offset: number; readonly limit: number }

const usualLimit = 100
const mostLimit = 500

/** The page of a list that a query asks for; a sentence when it cannot be understood. */
export const readPage = (query: URLSearchParams): Page | string => {
  const offset = wholeNumber(query.get('offset') ?? '0')
  const limit = wholeNumber(query.get('limit') ?? String(usualLimit))
  return offset === undefined || limit === undefined || limit < 1 || limit > mostLimit
    ? `offset must be a whole number, and limit one from 1 to ${mostLimit}.`
    : { offset, limit }
}

const wholeNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)
