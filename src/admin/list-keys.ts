import type { KeyDescription } from '../keys/key-book.ts'
import type { KeyOverview, KeyPage, KeyView } from '../keys/key-view.ts'
import { readSelection } from '../keys/read-selection.ts'
import { type KeySelection, type SelectionTools, selectKeys } from '../keys/select-keys.ts'
import { readPage } from './read-page.ts'

/** One page of keys as programs see it. */
export type ListedKeys = Omit<KeyPage, 'rows'> & {
  readonly offset: number
  readonly limit: number
  readonly rows: readonly (KeyView & Pick<KeyDescription, 'tags' | 'note' | 'createdAt'>)[]
}

export type KeyListing =
  | { readonly kind: 'listed'; readonly page: ListedKeys }
  | { readonly kind: 'refused'; readonly reason: string }

export type ListingTools = SelectionTools & { readonly overview: Pick<KeyOverview, 'page' | 'rows'> }

/** The keys that a query asks for: `offset`, `limit` and the parts of a selection, each as often as there are values. */
export const listKeys = (query: URLSearchParams, tools: ListingTools): KeyListing => {
  const wished = readPage(query)
  if (typeof wished === 'string') return { kind: 'refused', reason: wished }
  const { offset, limit } = wished
  const parts = [...new Set(query.keys())].filter(name => name !== 'offset' && name !== 'limit')
  const given = parts.map(name => [name, name === 'note' ? query.get(name) : query.getAll(name)] as const)
  const read = readSelection({ all: true, ...Object.fromEntries(given) })
  if (read.kind === 'refused') return { kind: 'refused', reason: read.reason }
  const { rows, ...rest } = pageOf(read.selection, offset, limit, tools)
  const described = new Map(tools.book.records(rows.map(({ keyId }) => keyId)).map(record => [record.keyId, record]))
  const page = rows.map(row => {
    const { tags = [], note = '', createdAt = null } = described.get(row.keyId) ?? {}
    return { ...row, tags, note, createdAt }
  })
  return { kind: 'listed', page: { offset, limit, ...rest, rows: page } }
}

/** Without a filter, or by condition alone, a page costs as much as it is long. */
const pageOf = (selection: KeySelection, offset: number, limit: number, tools: ListingTools): KeyPage => {
  const { condition = [], ...others } = selection
  if (Object.keys(others).length === 0 && condition.length <= 1)
    return tools.overview.page({ offset, limit, ...(condition[0] ? { condition: condition[0] } : {}) })
  const found = selectKeys(selection, tools)
  const { counts, at } = tools.overview.page({ offset: 0, limit: 0 })
  return { rows: tools.overview.rows(found.slice(offset, offset + limit)), matching: found.length, counts, at }
}
