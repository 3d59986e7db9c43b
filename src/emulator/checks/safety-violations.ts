import type { Violation } from '../wire/google-error.ts'
import type { SafetySetting } from '../wire/messages.ts'

const accepted = [
  'HARM_CATEGORY_HATE_SPEECH',
  'HARM_CATEGORY_SEXUALLY_EXPLICIT',
  'HARM_CATEGORY_DANGEROUS_CONTENT',
  'HARM_CATEGORY_HARASSMENT',
  'HARM_CATEGORY_CIVIC_INTEGRITY',
]

/** Five categories, each at most once. */
export const safetyViolations = (settings: readonly SafetySetting[], owner: string): readonly Violation[] => [
  ...settings.flatMap(({ category = '' }, index) =>
    accepted.includes(category)
      ? []
      : [
          `${owner}.safety_settings[${index}]: element predicate failed: $.category in (${accepted.map(name => `HarmCategory.${name}`).join(', ')})`,
        ],
  ),
  ...(new Set(settings.map(setting => setting.category)).size < settings.length
    ? [`${owner}.safety_settings: more than one safety setting for the same category`]
    : []),
]
