/** Where a secret stands in bytes, in clear or in a dress of its own; undefined when it is nowhere. */
export const findSecret = (bytes: Buffer, secret: string): string | undefined => {
  for (const [dress, text] of dresses(secret)) {
    const place = bytes.indexOf(text)
    if (place !== -1) return `${dress}: ${bytes.toString('latin1', Math.max(0, place - 100), place)}<HERE>`
  }
  return undefined
}

const dresses = (secret: string): readonly (readonly [string, string])[] => [
  ['plain', secret],
  ['percent-encoded', encodeURIComponent(secret)],
  ['as form data', new URLSearchParams([['', secret]]).toString().slice(1)],
  ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ['in HTML', Bun.escapeHTML(secret)],
  ...[0, 1, 2].flatMap(offset => {
    const text = base64At(secret, offset)
    const safe = text.replaceAll('+', '-').replaceAll('/', '_')
    return [['base64', text] as const, ['base64url', safe] as const]
  }),
]

/** Base64 of the secret as it looks with that many bytes before it, without what depends on its neighbours. */
const base64At = (secret: string, offset: number): string => {
  const text = Buffer.from(`${'\0'.repeat(offset)}${secret}`).toString('base64')
  const first = [0, 2, 3][offset] ?? 0
  return text.slice(first).replace(/.=+$/, '')
}
