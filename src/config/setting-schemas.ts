import { type TUnsafe, Type } from '@sinclair/typebox'

/**
 * A text that is one of a few words, in any case of letters.
 * @param aliases other words that mean one of the choices, in lower case, for example `warning` for `warn`
 */
export const oneOf = <const Choice extends string>(
  choices: readonly Choice[],
  aliases: Readonly<Record<string, Choice>> = {},
): TUnsafe<Choice> =>
  Type.Unsafe<Choice>(
    Type.Union(
      choices.map(choice => Type.Literal(choice)),
      { aliases },
    ),
  )

/** A list of texts: JSON, or parted by commas or line breaks. Blank entries are dropped. */
export const listOfTexts = () => Type.Array(Type.String())

/** A text in which an empty value counts as none given. */
export const someText = () => Type.String({ minLength: 1 })
