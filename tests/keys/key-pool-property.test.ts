import { test } from 'bun:test'
import fc from 'fast-check'
import { story } from './_pool-steps.ts'
import { PoolStory } from './_pool-story.ts'

/** `POOL_STORIES=100000` tells more of them. */
const stories = Number(process.env.POOL_STORIES ?? 1500)

test('whatever happens to it, the pool is what a naive one would be', async () => {
  await fc.assert(
    fc.asyncProperty(story, async one => await new PoolStory(one).play()),
    { numRuns: stories },
  )
}, 600_000)
