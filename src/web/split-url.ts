/** Path and query of a request as they stood in the request line: not decoded, not normalised. */
export const splitUrl = (url: string): { readonly path: string; readonly query: string } => {
  const pathStart = url.indexOf('/', url.indexOf('//') + 2)
  if (pathStart === -1) return { path: '/', query: '' }
  const hash = url.indexOf('#', pathStart)
  const end = hash === -1 ? url.length : hash
  const question = url.indexOf('?', pathStart)
  if (question === -1 || question > end) return { path: url.slice(pathStart, end), query: '' }
  return { path: url.slice(pathStart, question), query: url.slice(question + 1, end) }
}
