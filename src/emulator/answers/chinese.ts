/** Two parts of an answer whose characters have one, two, three and four bytes, and a family of five code points. */
export const chineseParts: readonly string[] = [
  '双子座是黄道十二星座之一。它在冬夜升起🌟，café 里也看得见！',
  '第二段有一个家庭👨‍👩‍👧。Gemini 的回答到此为止。',
]

/** Pieces of a few characters, never in the middle of one; between two of a family they may be cut, as Google does. */
export const splitCharacters = (text: string, size = 7): readonly string[] => {
  const characters = [...text]
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}

/** Up to and with its full stop. */
export const sentencesOf = (text: string): readonly string[] => text.match(/[^。！]+[。！]?/g) ?? []
