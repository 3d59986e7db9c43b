/**
 * The path a client meant, where it put one together wrongly from the base address it was given: a part doubled or left
 * out, slashes too many, upper case, one dialect's base before the other's path. Only what ends in a call that exists
 * is touched; pages, `/api/*` of the dashboard and right paths never are.
 * @param path without the base path, as it stood in the request line
 * @returns null where there is nothing to repair; the query is the caller's to keep
 */
export const repairPath = (method: string, path: string): string | null => {
  const segments = path.split('/').filter(segment => segment !== '')
  // Live connections are made to `//ws/google.ai…`, with both slashes.
  if (segments[0] === 'ws' || segments.length > mostSegments) return null
  const repaired = repairGemini(method, segments) ?? repairOpenai(method, segments) ?? repairPrefix(segments, path)
  return repaired === path ? null : repaired
}

const mostSegments = 20

/** Google's own names of methods; only these are recognised in a wrong case or a wrong place. */
const methods = new Map(
  ['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent', 'batchEmbedContents'].map(name => [
    name.toLowerCase(),
    name,
  ]),
)

const versions: ReadonlySet<string> = new Set(['v1', 'v1beta', 'v1alpha'])

/** What bases are made of, ours and other gateways'. */
const baseWords: ReadonlySet<string> = new Set([...versions, 'openai', 'hf', 'gemini', 'vertex-express', 'api'])

/** `models/{model}:{method}` behind whatever; reading of models only behind a base of Gemini's. */
const repairGemini = (method: string, segments: readonly string[]): string | null => {
  const words = segments.map(lower)
  const call = findCall(segments, words)
  if (call !== null) return `${geminiBase(words.slice(0, call.at))}/models/${call.name}`
  if (!isReading(method)) return null
  const at = words.indexOf('models')
  const base = words.slice(0, at)
  const isGemini = base.some(word => word === 'v1beta' || word === 'v1alpha' || word === 'gemini')
  if (at < 1 || !isGemini || base.includes('openai') || !base.every(isBaseWord)) return null
  const rest = withoutDoubledModels(segments.slice(at + 1))
  return rest.length > 1 ? null : [geminiBase(base), 'models', ...rest].join('/')
}

type Call = { readonly at: number; readonly name: string }

/** The call at the end of a path, and where it begins. */
const findCall = (segments: readonly string[], words: readonly string[]): Call | null => {
  const last = segments.at(-1) ?? ''
  const parent = words.at(-2) ?? ''
  const named = /^([\w.-]+)(?::|%3a)(\w+)$/i.exec(last)
  if (named?.[1] !== undefined && named[2] !== undefined) {
    const isKnown = methods.has(lower(named[2]))
    const isModels = parent === 'models'
    // Other collections have methods too (`tunedModels/x:…`, `files:register`): those are Google's own paths.
    if (!isModels && !(isKnown && (parent === '' || versions.has(parent)))) return null
    if (!isKnown && !words.slice(0, -2).some(isVersion)) return null
    const at = isModels ? firstOfRun(words, words.length - 2) : words.length - 1
    return { at, name: `${last.slice(0, -named[2].length)}${methods.get(lower(named[2])) ?? named[2]}` }
  }
  const method = methods.get(lower(last))
  const model = segments.at(-2) ?? ''
  if (method === undefined || words.at(-3) !== 'models' || !/^[\w.-]+$/.test(model)) return null
  return { at: firstOfRun(words, words.length - 3), name: `${model}:${method}` }
}

/** Where a run of `models/models/…` that ends at `at` begins. */
const firstOfRun = (words: readonly string[], at: number): number =>
  words[at - 1] === 'models' ? firstOfRun(words, at - 1) : at

const withoutDoubledModels = (segments: readonly string[]): readonly string[] =>
  lower(segments[0] ?? '') === 'models' ? withoutDoubledModels(segments.slice(1)) : segments

/** The version that was named last; `/v1` only where nothing else speaks of OpenAI. */
const geminiBase = (words: readonly string[]): string => {
  if (words.includes('vertex-express')) return '/vertex-express/v1beta'
  const version = words.findLast(isVersion) ?? 'v1beta'
  const isOpenai = words.includes('openai') || words.includes('hf')
  const prefix = words[0] === 'gemini' ? '/gemini' : ''
  return `${prefix}/${isOpenai && version === 'v1' ? 'v1beta' : version}`
}

/**
 * What OpenAI's clients call. `completions` alone is not among them: its body (`prompt`) is another than a chat's, and
 * would only be refused in a way that explains less.
 */
const calls: readonly (readonly string[])[] = [
  ['chat', 'completions'],
  ['embeddings'],
  ['images', 'generations'],
  ['images', 'edits'],
  ['audio', 'speech'],
  ['audio', 'transcriptions'],
]

const repairOpenai = (method: string, segments: readonly string[]): string | null => {
  const words = segments.map(lower)
  const call = calls.find(parts => parts.every((part, index) => words.at(index - parts.length) === part))
  if (call !== undefined) {
    const base = words.slice(0, -call.length)
    return isOpenaiBase(base, call, method) ? `${openaiBase(base)}/${call.join('/')}` : null
  }
  const at = words.indexOf('models')
  const base = words.slice(0, at)
  if (at === -1 || !isReading(method) || !isOpenaiBase(base, ['models'], method)) return null
  const rest = withoutDoubledModels(segments.slice(at + 1))
  const isOne = rest.length <= 1 && !/:|%3a/i.test(rest[0] ?? '')
  return isOne ? [openaiBase(base), 'models', ...rest].join('/') : null
}

/** A chat is recognised behind nearly anything; all else only behind words that bases are made of. */
const isOpenaiBase = (base: readonly string[], call: readonly string[], method: string): boolean => {
  if (base.length === 0) return ['chat', 'models'].includes(call[0] ?? '') || !isReading(method)
  // A base that was a whole address already: `/v1/chat/completions/models`.
  const words = base.filter(word => word !== 'chat' && word !== 'completions')
  const version = words.findLastIndex(isVersion)
  // Without a version, `/api/…` is the dashboard's.
  if (version === -1 && words[0] === 'api') return false
  if (call[0] === 'chat') return !(isReading(method) && words.includes('models'))
  return words.slice(version + 1).every(isBaseWord)
}

const openaiBase = (words: readonly string[]): string => {
  if (words.join('/') === 'v1beta/openai') return '/v1beta/openai'
  return `/${['vertex-express', 'openai', 'hf'].find(word => words.includes(word)) ?? ''}/v1`.replace('//', '/')
}

/** Anything else behind a version that stands there twice, or slashes too many behind one. */
const repairPrefix = (segments: readonly string[], path: string): string | null => {
  const first = segments.findIndex(segment => !versions.has(lower(segment)))
  if (first < 1) return null
  const isSloppy = first > 1 || path.includes('//') || path.endsWith('/')
  return isSloppy ? `/${[lower(segments[first - 1] ?? ''), ...segments.slice(first)].join('/')}` : null
}

const isReading = (method: string) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

const isVersion = (word: string) => versions.has(word)

const isBaseWord = (word: string) => baseWords.has(word)

const lower = (text: string) => text.toLowerCase()
