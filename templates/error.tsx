import { Html } from '@elysiajs/html'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import { wordsOf } from './words.ts'

/** Why a page is not shown. `broken` names the line of the log by its number and says nothing else. */
export type ErrorKind =
  | { readonly kind: 'refused' }
  | { readonly kind: 'bad-form' }
  | { readonly kind: 'broken'; readonly errorId: string }

export const ErrorPage = ({ frame, error }: { readonly frame: Frame; readonly error: ErrorKind }) => {
  const { errors } = wordsOf(frame.language)
  const { title, text } = {
    refused: { title: errors.refusedTitle, text: errors.refusedText },
    'bad-form': { title: errors.badFormTitle, text: errors.badFormText },
    broken: { title: errors.brokenTitle, text: errors.brokenText },
  }[error.kind]
  return (
    <Layout frame={frame} title={title}>
      <section class="empty">
        <h1 safe>{title}</h1>
        <p>
          <span safe>{text}</span>
          {error.kind === 'broken' && <code safe>{error.errorId}</code>}
        </p>
        <p>
          <a href={`${frame.basePath}/keys`} safe>
            {errors.back}
          </a>
        </p>
      </section>
    </Layout>
  )
}
