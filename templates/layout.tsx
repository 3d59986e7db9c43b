import { Html } from '@elysiajs/html'
import type { Frame } from './frame.ts'
import { type Language, languageNames, languages } from './language.ts'
import { wordsOf } from './words.ts'

/** The document around every page. Nothing here is inline script or style: the security policy forbids both. */
export const Layout = (properties: {
  readonly frame: Frame
  readonly title: string
  readonly children: JSX.Element
}) => {
  const { frame, title, children } = properties
  const words = wordsOf(frame.language)
  return (
    <>
      {'<!doctype html>'}
      <html lang={htmlLanguage[frame.language]}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="noindex" />
          <meta name="htmx-config" content={htmxConfiguration} />
          <title safe>{`${title} · gemini-balance`}</title>
          <link rel="icon" href={frame.assets.icon} type="image/svg+xml" />
          <link rel="stylesheet" href={frame.assets.stylesheet} />
          <script src={frame.assets.script} defer></script>
        </head>
        <body hx-headers:inherited={csrfHeaders(frame)}>
          <a class="skip" href="#content" safe>
            {words.skipToContent}
          </a>
          <Header frame={frame} />
          <main id="content" tabindex={-1}>
            {children}
          </main>
          <footer class="footer">
            <span safe>{`gemini-balance ${frame.version}`}</span>
          </footer>
        </body>
      </html>
    </>
  )
}

/**
 * By default htmx swaps in whatever comes back, errors too: a proxy's error page would stand where a widget stood. A
 * widget that has something to show for a status says so in its own `hx-status:422`.
 */
const htmxConfiguration = JSON.stringify({
  noSwap: [204, 304, '4xx', '5xx'],
  history: 'reload',
  includeIndicatorCSS: false,
})

const htmlLanguage: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' }

const csrfHeaders = ({ visitor }: Frame) =>
  visitor.kind === 'member' ? JSON.stringify({ 'x-csrf-token': visitor.csrfToken }) : undefined

const Header = ({ frame }: { readonly frame: Frame }) => {
  const words = wordsOf(frame.language)
  return (
    <header class="header">
      <a class="brand" href={`${frame.basePath}/`}>
        <img src={frame.assets.icon} alt="" width="22" height="22" />
        <span>gemini-balance</span>
      </a>
      {frame.visitor.kind === 'member' && (
        <nav class="navigation" aria-label={words.mainNavigation}>
          <a href={`${frame.basePath}/keys`} aria-current="page" safe>
            {words.keys.title}
          </a>
        </nav>
      )}
      <div class="header-end">
        <LanguageSwitch frame={frame} />
        {frame.visitor.kind === 'member' && (
          <form method="post" action={`${frame.basePath}/sign-out`}>
            <input type="hidden" name="csrf_token" value={frame.visitor.csrfToken} />
            <button class="quiet" type="submit" safe>
              {words.signOut}
            </button>
          </form>
        )}
      </div>
    </header>
  )
}

const LanguageSwitch = ({ frame }: { readonly frame: Frame }) => (
  <nav class="languages" aria-label={wordsOf(frame.language).languageSwitch}>
    {languages.map(language => (
      <a
        href={`${frame.path}?lang=${language}`}
        lang={htmlLanguage[language]}
        hreflang={htmlLanguage[language]}
        aria-current={language === frame.language ? 'true' : undefined}
        safe
      >
        {languageNames[language]}
      </a>
    ))}
  </nav>
)
