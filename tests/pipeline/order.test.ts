import { expect, test } from 'bun:test'
import { Spine, type Stage, StageFailure } from '#pipeline/stage.ts'

type First = { readonly first: number }
type Second = { readonly second: string }

const first: Stage<object, First> = { name: 'first', run: () => ({ first: 1 }) }
const second: Stage<First, Second> = { name: 'second', run: async known => ({ second: String(known.first) }) }

test('stages run in order, and each sees what those before it added', async () => {
  const spine = Spine.from<object>().step(first).step(second)
  expect(spine.names).toEqual(['first', 'second'])
  expect(await spine.run({})).toEqual({ first: 1, second: '1' })
})

test('a stage in front of what it needs does not compile', () => {
  const spine = Spine.from<object>()
  // @ts-expect-error `second` needs what `first` adds
  expect(spine.step(second).names).toEqual(['second'])
})

test('a failure tells the stage and keeps its cause', async () => {
  const cause = new Error('no')
  const broken: Stage<First, object> = {
    name: 'broken',
    run: () => {
      throw cause
    },
  }
  const failure = await Spine.from<object>()
    .step(first)
    .step(broken)
    .run({})
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StageFailure)
  expect(failure).toMatchObject({ stage: 'broken', cause })
})
