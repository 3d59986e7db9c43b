/**
 * Sent with everything the dashboard answers.
 *
 * The referrer policy is `same-origin`, not `no-referrer`: under the latter browsers send `Origin: null` with a form
 * (Fetch standard, "append a request Origin header"), and over plain HTTP on a name other than localhost they send no
 * `Sec-Fetch-Site` either, so that nothing would tell our own sign-in form from a foreign one. No other host gets a
 * referrer under either policy. `Cross-Origin-Opener-Policy` is left out: over plain HTTP browsers ignore it and log an
 * error for every page.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
