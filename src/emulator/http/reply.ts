/** What the emulator does with a connection after a request, one thing after the other. The end of the list is a clean end. */
export type Step =
  | { readonly do: 'write'; readonly text: string }
  | { readonly do: 'pause'; readonly milliseconds: number }
  /** Never ends; with `keepAlive`, says that text again and again. */
  | { readonly do: 'hang'; readonly keepAlive?: { readonly text: string; readonly everyMs: number } }
  /** Ends the connection in the middle of the response; before the first byte no response is seen at all. */
  | { readonly do: 'reset' }

type Headers = Readonly<Record<string, string>>

export type Reply =
  | {
      readonly kind: 'whole'
      readonly status: number
      readonly headers: Headers
      readonly body: string
      readonly delayMs?: number
    }
  | {
      readonly kind: 'steps'
      readonly status: number
      readonly headers: Headers
      readonly steps: readonly Step[]
      readonly delayMs?: number
    }
  /** The request is never answered. */
  | { readonly kind: 'silence' }

/** What Google's front end puts on its answers. */
const frontEndHeaders: Headers = {
  vary: 'Origin, X-Origin, Referer',
  server: 'scaffolding on HTTPServer2',
  'x-xss-protection': '0',
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
  'server-timing': 'gfet4t7; dur=1',
}

const jsonHeaders: Headers = { 'content-type': 'application/json; charset=UTF-8', ...frontEndHeaders }

export const jsonReply = (value: unknown, { pretty = true, status = 200 } = {}): Reply => ({
  kind: 'whole',
  status,
  headers: jsonHeaders,
  body: pretty ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value),
})

export const jsonSteps = (steps: readonly Step[]): Reply => ({
  kind: 'steps',
  status: 200,
  headers: jsonHeaders,
  steps,
})

export const eventSteps = (steps: readonly Step[]): Reply => ({
  kind: 'steps',
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'content-disposition': 'attachment', ...frontEndHeaders },
  steps,
})

/** What the front end itself answers: not JSON, and not an API error. */
export const htmlReply = (status: number, sentence: string, reason: string): Reply => ({
  kind: 'whole',
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8', 'referrer-policy': 'no-referrer' },
  body: `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <meta name=viewport content="initial-scale=1, minimum-scale=1, width=device-width">
  <title>Error ${status} (${reason})!!1</title>
  <p><b>${status}.</b> <ins>That’s an error.</ins>
  <p>${sentence} <ins>That’s all we know.</ins>
`,
})

export const notFoundPage = (path: string): Reply =>
  htmlReply(404, `The requested URL <code>${Bun.escapeHTML(path)}</code> was not found on this server.`, 'Not Found')
