import { Html } from '@elysiajs/html'
import { formatCount } from './format.ts'
import type { Language } from './language.ts'
import { wordsOf } from './words.ts'

type KeyPagerProperties = {
  readonly language: Language
  /** The address of a page, counted from 1. */
  readonly addressOf: (page: number) => string
  readonly offset: number
  readonly pageSize: number
  readonly shown: number
  readonly matching: number
}

/** Which rows are shown, and the way to the pages beside this one. Nothing when there is nothing to show. */
export const KeyPager = ({ language, addressOf, offset, pageSize, shown, matching }: KeyPagerProperties) => {
  if (shown === 0) return ''
  const { keys } = wordsOf(language)
  const page = offset / pageSize + 1
  const range = keys.showing(
    formatCount(offset + 1, language),
    formatCount(offset + shown, language),
    formatCount(matching, language),
  )
  if (matching <= pageSize) {
    return (
      <p class="pager muted" safe>
        {range}
      </p>
    )
  }
  return (
    <nav class="pager" aria-label={keys.pages}>
      <PageLink id="page-previous" text={keys.previous} address={offset > 0 ? addressOf(page - 1) : null} />
      <span class="muted" safe>
        {range}
      </span>
      <PageLink id="page-next" text={keys.next} address={offset + shown < matching ? addressOf(page + 1) : null} />
    </nav>
  )
}

const PageLink = ({
  id,
  text,
  address,
}: {
  readonly id: string
  readonly text: string
  readonly address: string | null
}) =>
  address === null ? (
    <span id={id} class="page-link" aria-disabled="true" safe>
      {text}
    </span>
  ) : (
    <a
      id={id}
      class="page-link"
      href={address}
      hx-get={address}
      hx-push-url="true"
      hx-sync="closest #keys:replace"
      safe
    >
      {text}
    </a>
  )
