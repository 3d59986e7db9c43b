import { expect, test } from 'bun:test'
import { createScrubber } from '#src/storage/take-over/scrubber.ts'

const scrub = createScrubber(['planted-secret', 'planted-secret-longer', 'p+l/a=n.t(e)d', 'short'])

test.each([
  ['nothing to hide', 'nothing to hide'],
  ['', ''],
  ['planted-secret', '[secret]'],
  ['key=planted-secret&x', 'key=[secret]&x'],
  ['nplanted-secretn', 'n[secret]n'],
  ['planted-secret-longer', '[secret]'],
  ['planted-secretplanted-secret', '[secret][secret]'],
  ['planted-planted-secret', 'planted-[secret]'],
  ['p+l/a=n.t(e)d', '[secret]'],
  ['a short word stays', 'a short word stays'],
  [`?key=AIza${'x'.repeat(35)}&`, '?key=[secret]&'],
])('%p becomes %p', (text, expected) => {
  expect(scrub(text)).toBe(expected)
})
