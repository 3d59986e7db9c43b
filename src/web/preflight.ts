/** The answer to a browser's preflight: any origin may call the API with a token in a header; cookies play no part. */
export const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': '*, authorization',
      'access-control-max-age': '86400',
    },
  })
