import { Html } from '@elysiajs/html'
import { formatAge, formatCount, formatDuration, formatMoment, toIso } from './format.ts'
import type { Condition } from './key-filter.tsx'
import type { Language } from './language.ts'
import { wordsOf } from './words.ts'
import type { Words } from './words-english.ts'

/** One key as it is shown. Times are milliseconds since 1970 UTC. */
export type KeyRow = {
  readonly fingerprint: string
  readonly kind: keyof Words['keys']['kinds']
  readonly source: keyof Words['keys']['sources']
  readonly project: string | null
  readonly priority: number
  readonly condition: Condition
  readonly reason: string | null
  readonly cooling: readonly Cooling[]
  readonly inFlight: number
  readonly served: number
  readonly failed: number
  readonly lastUsedAt: number | null
}

type Cooling = { readonly bucket: string; readonly until: number; readonly reason: string }

type RowProperties = { readonly language: Language; readonly row: KeyRow; readonly now: number }

/** The labels in `data-label` are shown beside the values where a phone shows each row as a card. */
export const KeyTableRow = ({ language, row, now }: RowProperties) => {
  const { keys } = wordsOf(language)
  return (
    <tr class={`key key-${row.condition}`}>
      <th scope="row">
        <code class="fingerprint" safe>
          {row.fingerprint}
        </code>
        <span class="detail" safe>
          {[keys.kinds[row.kind], keys.sources[row.source], row.priority === 0 ? '' : keys.priority(row.priority)]
            .filter(part => part !== '')
            .join(' · ')}
        </span>
      </th>
      <td
        data-label={keys.columns.project}
        class={row.project === null ? 'project project-none muted' : 'project'}
        safe
      >
        {row.project ?? '–'}
      </td>
      <td class="condition">
        <ConditionCell language={language} row={row} now={now} />
      </td>
      <td data-label={keys.columns.inFlight} class={row.inFlight === 0 ? 'number zero' : 'number busy'} safe>
        {formatCount(row.inFlight, language)}
      </td>
      <td data-label={keys.columns.served} class={row.served === 0 ? 'number zero' : 'number'} safe>
        {formatCount(row.served, language)}
      </td>
      <td data-label={keys.columns.failed} class={row.failed === 0 ? 'number zero' : 'number'} safe>
        {formatCount(row.failed, language)}
      </td>
      <td data-label={keys.columns.lastUsed} class={row.lastUsedAt === null ? 'number zero' : 'number'}>
        <LastUsed language={language} at={row.lastUsedAt} now={now} />
      </td>
    </tr>
  )
}

const ConditionCell = ({ language, row, now }: RowProperties) => {
  const { keys } = wordsOf(language)
  const text = row.condition === 'cooling' ? keys.coolingModels(row.cooling.length) : keys.conditions[row.condition]
  return (
    <>
      <span class={`pill pill-${row.condition}`} safe>
        {text}
      </span>
      {row.condition === 'dead' && (
        <span class="detail" safe>
          {row.reason === null ? keys.noReason : reasonText(row.reason, language)}
        </span>
      )}
      {row.cooling.length > 0 && (
        <ul class="cooling">
          {row.cooling.map(cooling => (
            <CoolingItem language={language} cooling={cooling} now={now} />
          ))}
        </ul>
      )}
    </>
  )
}

const CoolingItem = (properties: { readonly language: Language; readonly cooling: Cooling; readonly now: number }) => {
  const { language, cooling, now } = properties
  const { keys } = wordsOf(language)
  return (
    <li>
      <code safe>{cooling.bucket}</code>
      <span class="muted" safe>
        {reasonText(cooling.reason, language)}
      </span>
      <time datetime={toIso(cooling.until)} title={formatMoment(cooling.until)} safe>
        {cooling.until <= now ? keys.backNow : keys.backIn(formatDuration(cooling.until - now, language))}
      </time>
    </li>
  )
}

/** A reason is the name of a verdict; one that has no words yet is shown as it is. */
const reasonText = (reason: string, language: Language): string => {
  const { reasons } = wordsOf(language)
  return Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : reason
}

const LastUsed = (properties: { readonly language: Language; readonly at: number | null; readonly now: number }) => {
  const { language, at, now } = properties
  if (at === null) return <span safe>{wordsOf(language).keys.never}</span>
  return (
    <time datetime={toIso(at)} title={formatMoment(at)} safe>
      {formatAge(now - at, language)}
    </time>
  )
}
