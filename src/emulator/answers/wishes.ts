/** What a prompt asks of the answer's form, beside what it asks for; the README has the words. */
export type Wishes = {
  /** `think aloud`: the thoughts come in several pieces. */
  readonly thinksAloud: boolean
  /** `between words`: a text before and after a call or a picture. */
  readonly betweenWords: boolean
  /** `in Chinese`: two parts of text without a space, with characters of two, three and four bytes. */
  readonly inChinese: boolean
  /** `with 12 cached tokens`: so much of the prompt was cached. */
  readonly cachedTokens: number
  /** `finish SAFETY`: the reason with which the answer ends. */
  readonly finishReason: string | undefined
}

export const wishesIn = (text: string): Wishes => {
  const reason = /\bfinish ([A-Z_]+)\b/.exec(text)?.[1]
  return {
    thinksAloud: /\bthink aloud\b/i.test(text),
    betweenWords: /\bbetween words\b/i.test(text),
    inChinese: /\b(?:answer|search) in Chinese\b/i.test(text),
    cachedTokens: Number(/\bwith (\d{1,6}) cached tokens\b/i.exec(text)?.[1] ?? 0),
    finishReason: finishReasons.find(known => known === reason),
  }
}

const finishReasons = [
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_OTHER',
  'NO_IMAGE',
  'IMAGE_RECITATION',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
  'MALFORMED_RESPONSE',
]
