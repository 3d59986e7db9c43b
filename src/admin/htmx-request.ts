export const isHtmx = (request: Request): boolean => request.headers.get('hx-request') === 'true'

/** Whether htmx wants a part of a page rather than the page. Going back in history wants the page. */
export const wantsFragment = (request: Request): boolean =>
  isHtmx(request) &&
  request.headers.get('hx-request-type') === 'partial' &&
  request.headers.get('hx-history-restore-request') !== 'true'

/** Whether a page refreshes itself, as opposed to somebody doing something; `templates/keys.tsx` sends the header. */
export const isBackground = (request: Request): boolean => request.headers.get('x-background') === 'true'
