import { Html } from '@elysiajs/html'
import { formatCount } from './format.ts'
import type { Language } from './language.ts'
import { wordsOf } from './words.ts'

/** The conditions a key can be in, in the order they are shown. */
export const conditions = ['ready', 'cooling', 'dead', 'disabled'] as const

export type Condition = (typeof conditions)[number]

export type ConditionFilter = Condition | 'all'

export type Counts = Readonly<Record<Condition | 'total', number>>

type KeyFilterProperties = {
  readonly language: Language
  readonly path: string
  readonly counts: Counts
  readonly filter: ConditionFilter
}

/** The counts, each of which is a button that filters the list by its condition; a plain form without script. */
export const KeyFilter = ({ language, path, counts, filter }: KeyFilterProperties) => {
  const words = wordsOf(language)
  return (
    <form
      class="tiles"
      method="get"
      action={path}
      aria-label={words.keys.filter}
      hx-get={path}
      hx-push-url="true"
      hx-sync="closest #keys:replace"
    >
      <FilterButton language={language} name="all" count={counts.total} pressed={filter === 'all'} />
      {conditions.map(condition => (
        <FilterButton language={language} name={condition} count={counts[condition]} pressed={filter === condition} />
      ))}
      <ShareBar language={language} counts={counts} />
    </form>
  )
}

const FilterButton = (properties: {
  readonly language: Language
  readonly name: ConditionFilter
  readonly count: number
  readonly pressed: boolean
}) => {
  const { language, name, count, pressed } = properties
  return (
    <button
      type="submit"
      class={`tile tile-${name}`}
      id={`filter-${name}`}
      name={name === 'all' ? undefined : 'condition'}
      value={name === 'all' ? undefined : name}
      aria-pressed={pressed ? 'true' : 'false'}
    >
      <span class="tile-label" safe>
        {wordsOf(language).keys.conditions[name]}
      </span>
      <span class="tile-count" safe>
        {formatCount(count, language)}
      </span>
    </button>
  )
}

/** Drawn as SVG because its widths are data, and the security policy forbids inline styles. */
const ShareBar = ({ language, counts }: { readonly language: Language; readonly counts: Counts }) => {
  const total = Math.max(1, counts.total)
  return (
    <svg
      class="share"
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      role="img"
      aria-label={wordsOf(language).keys.share}
    >
      {conditions.map((condition, index) => {
        const before = conditions.slice(0, index).reduce((sum, earlier) => sum + counts[earlier], 0)
        return (
          <rect
            class={`share-${condition}`}
            x={String((before / total) * 100)}
            y="0"
            width={String((counts[condition] / total) * 100)}
            height="1"
          ></rect>
        )
      })}
    </svg>
  )
}
