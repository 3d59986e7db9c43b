/**
 * Google's OpenAI layer puts an error into a list of one, which no OpenAI client understands.
 * @returns null when the body is anything else
 */
export const unwrapError = (body: string): string | null => {
  const element = onlyElement(body)
  return element === undefined ? null : JSON.stringify(element)
}

/**
 * The same for the events of a stream: lines of data that hold such a list.
 * @returns null when there is none
 */
export const unwrapErrorEvents = (events: string): string | null => {
  let isFound = false
  const lines = events.split('\n').map(line => {
    const element = line.startsWith('data:') ? onlyElement(line.slice('data:'.length)) : undefined
    if (element === undefined) return line
    isFound = true
    return `data: ${JSON.stringify(element)}`
  })
  return isFound ? lines.join('\n') : null
}

const onlyElement = (text: string): unknown => {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    const [element] = Array.isArray(parsed) && parsed.length === 1 ? parsed : []
    return typeof element === 'object' && element !== null && 'error' in element ? element : undefined
  } catch {
    return undefined
  }
}
