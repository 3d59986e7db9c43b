import { test } from 'bun:test'
import fc from 'fast-check'
import { story } from './_pool-steps.ts'
import { PoolStory } from './_pool-story.ts'

/** The same stories every time, so that a change is what fails. `POOL_STORIES=100000` tells so many new ones. */
const { POOL_STORIES } = process.env
const told = POOL_STORIES === undefined ? { numRuns: 1500, seed: 20261123 } : { numRuns: Number(POOL_STORIES) }

test('whatever happens to it, the pool is what a naive one would be', async () => {
  await fc.assert(
    fc.asyncProperty(story, async one => await new PoolStory(one).play()),
    told,
  )
}, 600_000)
