import { Html } from '@elysiajs/html'
import { formatDuration } from './format.ts'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import { wordsOf } from './words.ts'

/** What came before the form is shown. */
export type SignInNotice =
  | { readonly kind: 'none' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'wrong-token' }
  | { readonly kind: 'foreign-page' }
  | { readonly kind: 'too-many'; readonly waitSeconds: number }

export const SignInPage = (properties: { readonly frame: Frame; readonly notice: SignInNotice }) => {
  const { frame, notice } = properties
  const words = wordsOf(frame.language)
  const text = noticeText(notice, frame)
  return (
    <Layout frame={frame} title={words.signIn.title}>
      <section class="sign-in">
        <h1 safe>{words.signIn.title}</h1>
        <p class="muted" safe>
          {words.tagline}
        </p>
        {text !== null && (
          <p class={notice.kind === 'expired' ? 'notice' : 'notice notice-bad'} role="alert" id="notice" safe>
            {text}
          </p>
        )}
        <form method="post" action={`${frame.basePath}/auth`}>
          {/* Password managers want a name to keep the token under. */}
          <input type="text" name="username" value="admin" autocomplete="username" hidden />
          <label for="auth_token" safe>
            {words.signIn.token}
          </label>
          <input
            id="auth_token"
            name="auth_token"
            type="password"
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck="false"
            required
            autofocus
            aria-describedby="hint"
            aria-invalid={notice.kind === 'wrong-token' ? 'true' : undefined}
          />
          <p class="hint" id="hint" safe>
            {words.signIn.hint}
          </p>
          <button class="primary" type="submit" safe>
            {words.signIn.submit}
          </button>
        </form>
      </section>
    </Layout>
  )
}

const noticeText = (notice: SignInNotice, { language }: Frame): string | null => {
  const { signIn } = wordsOf(language)
  switch (notice.kind) {
    case 'none':
      return null
    case 'expired':
      return signIn.expired
    case 'wrong-token':
      return signIn.wrongToken
    case 'foreign-page':
      return signIn.foreignPage
    case 'too-many':
      return signIn.tooMany(formatDuration(notice.waitSeconds * 1000, language))
  }
}
