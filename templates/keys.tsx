import { Html } from '@elysiajs/html'
import type { Frame } from './frame.ts'
import { type ConditionFilter, type Counts, KeyFilter } from './key-filter.tsx'
import { KeyPager } from './key-pager.tsx'
import { type KeyRow, KeyTableRow } from './key-row.tsx'
import { Layout } from './layout.tsx'
import { StorageBanner, type StorageStatus } from './storage-banner.tsx'
import { wordsOf } from './words.ts'

/** What the list shows. Times are milliseconds since 1970 UTC. */
export type KeyListing = {
  readonly rows: readonly KeyRow[]
  readonly counts: Counts
  readonly filter: ConditionFilter
  /** Of the first row shown, counted from 0 over all rows that match the filter. */
  readonly offset: number
  readonly pageSize: number
  readonly matching: number
  readonly storage: StorageStatus
  readonly now: number
}

export const KeysPage = ({ frame, listing }: { readonly frame: Frame; readonly listing: KeyListing }) => (
  <Layout frame={frame} title={wordsOf(frame.language).keys.title}>
    <KeyList frame={frame} listing={listing} />
  </Layout>
)

/**
 * The live part of the page. It asks the page's own address for itself every two seconds and is morphed in place, so
 * that focus and scrolling stay. A click inside it aborts a refresh under way; a refresh never aborts a click.
 */
export const KeyList = ({ frame, listing }: { readonly frame: Frame; readonly listing: KeyListing }) => {
  const words = wordsOf(frame.language)
  const path = `${frame.basePath}/keys`
  return (
    <section
      id="keys"
      hx-get={keysAddress(path, listing.filter, listing.offset / listing.pageSize + 1)}
      hx-trigger="every 2s"
      hx-headers:append='{"x-background": "true"}'
      hx-target:inherited="#keys"
      hx-swap:inherited="outerMorph"
      hx-sync="this:abort"
    >
      <StorageBanner language={frame.language} storage={listing.storage} />
      <div class="title-row">
        <h1 safe>{words.keys.title}</h1>
        <span class="live">
          <span class="live-dot"></span>
          <span safe>{words.keys.live}</span>
        </span>
      </div>
      {listing.counts.total === 0 ? (
        <NoKeys frame={frame} />
      ) : (
        <>
          <KeyFilter language={frame.language} path={path} counts={listing.counts} filter={listing.filter} />
          {listing.rows.length === 0 ? <NothingMatches frame={frame} /> : <KeyTable frame={frame} listing={listing} />}
          <KeyPager
            language={frame.language}
            addressOf={page => keysAddress(path, listing.filter, page)}
            offset={listing.offset}
            pageSize={listing.pageSize}
            shown={listing.rows.length}
            matching={listing.matching}
          />
        </>
      )}
    </section>
  )
}

const keysAddress = (path: string, filter: ConditionFilter, page: number) => {
  const query = new URLSearchParams()
  if (filter !== 'all') query.set('condition', filter)
  if (page > 1) query.set('page', String(page))
  return query.size === 0 ? path : `${path}?${query}`
}

const KeyTable = ({ frame, listing }: { readonly frame: Frame; readonly listing: KeyListing }) => {
  const { columns, tableCaption } = wordsOf(frame.language).keys
  return (
    <div class="table-frame">
      <table class="keys">
        <caption class="unseen" safe>
          {tableCaption}
        </caption>
        <thead>
          <tr>
            <th scope="col" safe>
              {columns.key}
            </th>
            <th scope="col" safe>
              {columns.project}
            </th>
            <th scope="col" safe>
              {columns.condition}
            </th>
            <th scope="col" class="number" safe>
              {columns.inFlight}
            </th>
            <th scope="col" class="number" safe>
              {columns.served}
            </th>
            <th scope="col" class="number" safe>
              {columns.failed}
            </th>
            <th scope="col" class="number" safe>
              {columns.lastUsed}
            </th>
          </tr>
        </thead>
        <tbody>
          {listing.rows.map(row => (
            <KeyTableRow language={frame.language} row={row} now={listing.now} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const NoKeys = ({ frame }: { readonly frame: Frame }) => {
  const { keys } = wordsOf(frame.language)
  return (
    <div class="empty">
      <h2 safe>{keys.emptyTitle}</h2>
      <p safe>{keys.emptyText}</p>
      <pre>
        <code>{`API_KEYS='["AIza…", "AIza…"]'`}</code>
      </pre>
    </div>
  )
}

const NothingMatches = ({ frame }: { readonly frame: Frame }) => {
  const { keys } = wordsOf(frame.language)
  return (
    <div class="empty">
      <h2 safe>{keys.nothingTitle}</h2>
      <p safe>{keys.nothingText}</p>
    </div>
  )
}
