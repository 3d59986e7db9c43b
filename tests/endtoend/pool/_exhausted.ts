import { expect } from 'bun:test'
import { until } from '#tests/endings/_ledger.ts'
import { type Cast, second } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor } from './_look.ts'

/** A second before a minute ends: whoever is out of quota for the minute is back in that second. */
export const lastSecond = Date.parse('2026-11-23T20:00:59Z')
export const nextMinute = lastSecond + second

type Options = { readonly at?: number; readonly settings?: Readonly<Record<string, string>> }

/** One key, which has just been refused for the rest of the minute. The clock stands still. */
export const exhausted = async (
  cleanUp: AsyncDisposableStack,
  { at = lastSecond, settings }: Options = {},
): Promise<Cast> => {
  const cast = await castFor(cleanUp, {
    keys: ['only'],
    at,
    settings: { KEY_WAIT_MAX_SECONDS: '5', MAX_RETRIES: '1', ...settings },
  })
  cast.behave('only', 'per-minute', 1)
  expect((await cast.ask()).status).toBe(429)
  expect(cast.asked()).toEqual(['only'])
  return cast
}

/** Waits until so many wait. */
export const waiting = ({ gateway }: Cast, count: number) => until(() => gateway.services.line.size === count)

/** The prompts that arrived upstream, in order. */
export const prompts = ({ gateway }: Cast) =>
  gateway.emulator.requests.map(({ bodyText }) => JSON.parse(bodyText).contents[0].parts[0].text as string)
