/** A page or a fragment. Never stored: after signing out, the back button must not show what was there. */
export const htmlResponse = async (
  html: string | Promise<string>,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> =>
  new Response(await html, {
    status: options.status ?? 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...options.headers },
  })

/** Sends the browser to another page with GET, whatever the method was. */
export const seeOther = (address: string): Response =>
  new Response(null, { status: 303, headers: { location: address, 'cache-control': 'no-store' } })
