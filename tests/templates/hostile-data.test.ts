import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ErrorPage } from '#templates/error.tsx'
import type { Frame } from '#templates/frame.ts'
import { KeyList, type KeyListing, KeysPage } from '#templates/keys.tsx'
import { languages } from '#templates/language.ts'
import { SignInPage } from '#templates/sign-in.tsx'

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&quot;`

/** What a browser may be given: all of the hostile text that may appear is this, escaped, or nothing. */
const gotThrough = /<script>alert|<img src=x|<[^>]*\sonerror=/

const frameOf = (language: Frame['language']): Frame => ({
  language,
  basePath: hostile,
  path: hostile,
  assets: { stylesheet: hostile, script: hostile, icon: hostile },
  version: hostile,
  visitor: { kind: 'member', csrfToken: hostile },
})

const listing: KeyListing = {
  rows: (['ready', 'cooling', 'dead', 'disabled'] as const).map(condition => ({
    fingerprint: hostile,
    kind: 'gemini',
    source: 'database',
    project: hostile,
    priority: 7,
    condition,
    reason: hostile,
    cooling: [{ bucket: hostile, until: Number.MAX_SAFE_INTEGER, reason: hostile }],
    inFlight: 1,
    served: 2,
    failed: 3,
    lastUsedAt: -1,
  })),
  counts: { total: 200, ready: 50, cooling: 50, dead: 50, disabled: 50 },
  filter: 'all',
  offset: 50,
  pageSize: 50,
  matching: 200,
  storage: { healthy: false, pending: 1, dropped: 2 },
  now: 0,
}

/** Every page and fragment there is, by its file. */
const templates: Readonly<Record<string, (frame: Frame) => JSX.Element>> = {
  'error.tsx': frame => ErrorPage({ frame, error: { kind: 'broken', errorId: hostile } }),
  'key-filter.tsx': frame => KeyList({ frame, listing: { ...listing, rows: [] } }),
  'key-pager.tsx': frame => KeyList({ frame, listing }),
  'key-row.tsx': frame => KeyList({ frame, listing }),
  'keys.tsx': frame => KeysPage({ frame, listing }),
  'layout.tsx': frame => KeysPage({ frame, listing: { ...listing, counts: { ...listing.counts, total: 0 } } }),
  'sign-in.tsx': frame => SignInPage({ frame, notice: { kind: 'too-many', waitSeconds: 9 } }),
  'storage-banner.tsx': frame => KeyList({ frame, listing }),
}

test('every template is rendered here with hostile data', () => {
  const files = readdirSync(join(import.meta.dir, '..', '..', 'templates')).filter(name => name.endsWith('.tsx'))
  expect(Object.keys(templates)).toEqual(files.sort())
})

for (const [file, render] of Object.entries(templates)) {
  for (const language of languages) {
    test(`${file} in ${language} lets no hostile text through as markup`, async () => {
      const html = await render(frameOf(language))
      expect(gotThrough.exec(withoutAttributeValues(html))).toBeNull()
      expect(html).toContain('alert(')
    })
  }
}

/** Inside quotes `<` is text; a quote inside them would end them early and leave the rest to be found. */
const withoutAttributeValues = (html: string) => html.replace(/="[^"]*"/g, '=""')
