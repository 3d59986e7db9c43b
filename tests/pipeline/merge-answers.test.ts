import { expect, test } from 'bun:test'
import { mergeCandidates, mergeUsage } from '#pipeline/merge-answers.ts'
import { MergedEvents } from '#pipeline/merged-events.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { noFacts } from '#src/protocols/gemini/answer-facts.ts'

test('Answers become candidates in their order, and tokens are added', () => {
  const one = { candidates: [{ finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 3, serviceTier: 'flex' } }
  const two = { candidates: [{ finishReason: 'SAFETY', index: 0 }], usageMetadata: { promptTokenCount: 4 } }
  expect(mergeCandidates([one, two])).toEqual({
    candidates: [
      { finishReason: 'STOP', index: 0 },
      { finishReason: 'SAFETY', index: 1 },
    ],
    usageMetadata: { promptTokenCount: 7, serviceTier: 'flex' },
  })
})

test('An answer without candidates or tokens takes nothing from the others', () => {
  expect(mergeCandidates([{}, { candidates: [{}] }]).candidates).toEqual([{ index: 1 }])
  expect(mergeUsage([undefined, null])).toBeUndefined()
})

const streamOf = (events: readonly (object | GatewayError)[], pauseMilliseconds = 0) => {
  const waiting = [...events]
  let isCancelled = false
  return {
    facts: noFacts,
    errorText: null,
    async read() {
      await Bun.sleep(pauseMilliseconds)
      const next = waiting.shift()
      if (next instanceof GatewayError) throw next
      return next === undefined ? null : Buffer.from(`data: ${JSON.stringify(next)}\r\n\r\n`)
    },
    cancel() {
      isCancelled = true
    },
    isCancelled: () => isCancelled,
  }
}

const eventOf = (text: string, tokens: number) => ({
  candidates: [{ content: { parts: [{ text }] } }],
  usageMetadata: { candidatesTokenCount: tokens },
})

test('Streams are told as they come, each as a candidate of its own, with the tokens of all', async () => {
  const merged = new MergedEvents(
    [streamOf([eventOf('a', 1), eventOf('b', 2)]), streamOf([eventOf('c', 10)], 20)],
    'sse',
  )
  const events: unknown[] = []
  for (let bytes = await merged.read(); bytes !== null; bytes = await merged.read()) {
    const { candidates, usageMetadata } = JSON.parse(bytes.toString().slice('data: '.length))
    events.push([candidates[0].index, candidates[0].content.parts[0].text, usageMetadata.candidatesTokenCount])
  }
  expect(events).toEqual([
    [0, 'a', 1],
    [0, 'b', 2],
    [1, 'c', 12],
  ])
})

test('A stream that breaks breaks all: what lacks a choice is no answer', async () => {
  const broken = new GatewayError('upstream-cut', 'cut')
  const merged = new MergedEvents([streamOf([broken], 5), streamOf([eventOf('c', 1)], 20)], 'sse')
  expect(merged.read()).rejects.toBe(broken)
  await merged.read().catch(() => undefined)
})

test('Leaving one leaves all', () => {
  const streams = [streamOf([]), streamOf([])]
  new MergedEvents(streams, 'sse').cancel()
  expect(streams.map(stream => stream.isCancelled())).toEqual([true, true])
})
