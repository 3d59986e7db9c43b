import { Html } from '@elysiajs/html'
import { formatCount } from './format.ts'
import type { Language } from './language.ts'
import { wordsOf } from './words.ts'

/** The write-behind queue: whether the database answers, and how many records wait or were dropped. */
export type StorageStatus = { readonly healthy: boolean; readonly pending: number; readonly dropped: number }

export const StorageBanner = ({
  language,
  storage,
}: {
  readonly language: Language
  readonly storage: StorageStatus
}) => {
  if (storage.healthy) return ''
  const words = wordsOf(language).storage
  return (
    <p class="banner" role="alert">
      <strong safe>{words.title}</strong>
      <span safe>{words.text(formatCount(storage.pending, language), formatCount(storage.dropped, language))}</span>
    </p>
  )
}
