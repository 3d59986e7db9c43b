import { expect, test } from 'bun:test'
import { createProgress, drawBar } from '#src/cli/keys/progress.ts'

test.each([
  [0, 80, 'Checking [........................................] 0/200'],
  [100, 80, 'Checking [####################....................] 100/200'],
  [200, 80, 'Checking [########################################] 200/200'],
  [100, 30, 'Checking [#####.....] 100/200'],
  [100, 12, '100/200'],
  [100, 5, '100/'],
])('%i of 200 in %i columns', (done, columns, bar) => {
  expect(drawBar('Checking', done, 200, columns)).toBe(bar)
  expect(bar.length).toBeLessThan(columns)
})

test('without a terminal every tenth of the way is one line', () => {
  const written: string[] = []
  const progress = createProgress({ write: text => written.push(text) }, 'Checking', 1000)
  for (let done = 1; done <= 1000; done++) progress.advance(done)
  progress.end()
  expect(written).toHaveLength(10)
  expect([written[0], written[9]]).toEqual(['Checking: 100 of 1,000\n', 'Checking: 1,000 of 1,000\n'])
})

test('on a terminal the bar stays on one line and is gone at the end', () => {
  const written: string[] = []
  const progress = createProgress({ isTTY: true, columns: 60, write: text => written.push(text) }, 'Checking', 3)
  for (const done of [1, 2, 3]) progress.advance(done)
  progress.end()
  expect(written.join('')).not.toContain('\n')
  expect(written.at(-2)).toContain('3/3')
  expect(written.at(-1)).toBe('\r\u001b[K')
})
