const fewestCharacters = 20
const mostCharacters = 500

/**
 * Why a text can never be an API key; undefined when it can be one. No prefix is asked for: Google has changed it, and
 * mirrors have keys of their own. Takes a time that does not depend on the length of the text.
 */
export const whyNoKey = (text: string): string | undefined => {
  const begin = text.slice(0, mostCharacters + 1)
  // Nearly all keys are of these characters, which spares them most of the rules.
  const applicable = /^[\w.-]{20,500}$/.test(begin) ? rulesOfPlainTexts : rules
  return applicable.find(({ holds }) => holds(begin))?.reason
}

type Rule = {
  readonly holds: (text: string) => boolean
  readonly reason: string
  /** Can hold for 20 to 500 letters, digits and signs of `_`, `-` and `.`. */
  readonly ofPlainTexts?: true
}

/** The first that holds is told, so what says most comes first. */
const rules: readonly Rule[] = [
  {
    holds: text => text.startsWith('ya29.'),
    reason: 'an OAuth access token (ya29.), which ends within an hour; an API key is needed',
    ofPlainTexts: true,
  },
  { holds: text => text.startsWith('eyJ'), reason: 'a JSON web token (eyJ), not an API key', ofPlainTexts: true },
  {
    holds: text => text.startsWith('auth_tokens/'),
    reason: 'a token for one Live session (auth_tokens/), not an API key',
  },
  { holds: text => /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text), reason: 'a web address, not a key' },
  { holds: text => /^[^@\s]{1,80}@[^@\s]{1,200}\.[a-z]{2,20}$/i.test(text), reason: 'an e-mail address, not a key' },
  { holds: text => /-----(BEGIN|END) /.test(text), reason: 'part of a key file, not an API key' },
  { holds: text => /\s\S/.test(text.trimStart()), reason: 'text with spaces; a key has none' },
  {
    holds: text => /\.\.\.|…|\*{3}|•|●/.test(text),
    reason: 'a shortened or masked key; the whole key is needed',
    ofPlainTexts: true,
  },
  { holds: text => /[^\x21-\x7e]/.test(text), reason: 'has characters that cannot be sent in a header' },
  { holds: text => text.length < fewestCharacters, reason: `shorter than ${fewestCharacters} characters` },
  { holds: text => text.length > mostCharacters, reason: `longer than ${mostCharacters} characters` },
  { holds: text => /[=:|>](AQ\.|AIza)/.test(text), reason: 'something stands in front of the key' },
  {
    holds: text =>
      /your[-_.]?(\w{1,20}[-_.])?(api)?[-_.]?key|x{8}|(api|key)[-_]here|placeholder|change[-_]?me/i.test(text),
    reason: 'a sample, not a key of yours',
    ofPlainTexts: true,
  },
  {
    holds: isMonotonous,
    reason: 'the same few characters over and over, not a key',
    ofPlainTexts: true,
  },
]

const rulesOfPlainTexts = rules.filter(({ ofPlainTexts }) => ofPlainTexts)

/** Fewer than six different characters. */
function isMonotonous(text: string): boolean {
  let seen = ''
  for (const character of text) {
    if (seen.includes(character)) continue
    seen += character
    if (seen.length === 6) return false
  }
  return true
}
