import { Elysia } from 'elysia'
import type { KeyOverview } from '#src/keys/key-view.ts'
import { htmlResponse } from '#src/web/html-response.ts'
import { type ConditionFilter, conditions } from '#templates/key-filter.tsx'
import { KeyList, type KeyListing, KeysPage } from '#templates/keys.tsx'
import type { StorageStatus } from '#templates/storage-banner.tsx'
import type { MakeFrame } from './frames.ts'
import type { Guard } from './guard.ts'
import { wantsFragment } from './htmx-request.ts'

type KeysDependencies = {
  readonly guard: Guard
  readonly makeFrame: MakeFrame
  readonly keys: KeyOverview
  readonly storageStatus: () => StorageStatus
}

const pageSize = 50

/** The keys and their states. One address answers with the page or, for htmx, with the part of it that refreshes. */
export const createKeys = ({ guard, makeFrame, keys, storageStatus }: KeysDependencies) => {
  const list = (filter: ConditionFilter, offset: number) =>
    keys.page({ offset, limit: pageSize, ...(filter === 'all' ? {} : { condition: filter }) })

  const listing = (query: URLSearchParams): KeyListing => {
    const filter = conditions.find(condition => condition === query.get('condition')) ?? 'all'
    const wished = (pageNumber(query.get('page')) - 1) * pageSize
    const found = list(filter, wished)
    // Keys change while somebody pages: past the end, the last page is shown.
    const last = Math.max(0, Math.ceil(found.matching / pageSize) - 1) * pageSize
    const offset = Math.min(wished, last)
    const { rows, counts, matching, at } = offset === wished ? found : list(filter, offset)
    return { rows, counts, filter, offset, pageSize, matching, storage: storageStatus(), now: at }
  }

  return new Elysia({ name: 'dashboard-keys' }).use(guard).get('/keys', ({ request, session }) => {
    const properties = {
      frame: makeFrame(request, '/keys', session),
      listing: listing(new URL(request.url).searchParams),
    }
    return htmlResponse(wantsFragment(request) ? KeyList(properties) : KeysPage(properties))
  })
}

/** Counted from 1; anything that is no such number is the first page. */
const pageNumber = (text: string | null): number => (text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1)
