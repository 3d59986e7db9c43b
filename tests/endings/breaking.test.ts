import { describe, expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { goodKey, type LocalOptions, startGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, type Form, model } from './_ask.ts'
import { oneRow, settled } from './_ledger.ts'
import { chunk, event, head, lastChunk, type Manners, startOddUpstream } from './_odd-upstream.ts'

const misbehaving = async (behaviour: KeyBehaviour, options: LocalOptions = {}) => {
  const gateway = await startGateway({
    // So that the first event is on its way before what breaks the stream comes.
    emulator: { delayMs: { betweenChunks: 20 } },
    ...options,
    settings: { MAX_RETRIES: '2', PROGRESS_TIMEOUT_SECONDS: '1', TIME_OUT: '1', ...options.settings },
  })
  gateway.emulator.setBehaviour(goodKey, behaviour)
  return gateway
}

const textsOf = (events: readonly unknown[]) =>
  events.flatMap(one => (JSON.stringify(one).includes('"text"') ? [one] : [])).length

describe('A stream that breaks after something was sent', () => {
  const rows: readonly (readonly [KeyBehaviour, Form, number, string])[] = [
    ['cut', 'sse', 502, 'upstream-cut'],
    ['cut', 'array', 502, 'upstream-cut'],
    ['cut-inside-event', 'sse', 502, 'upstream-cut'],
    ['cut-inside-event', 'array', 502, 'upstream-cut'],
    ['reset', 'sse', 502, 'upstream-cut'],
    ['reset', 'array', 502, 'upstream-cut'],
    ['stalled', 'sse', 504, 'upstream-stalled'],
    ['stalled', 'array', 504, 'upstream-stalled'],
  ]
  test.each(rows)(
    '%s (%s) ends with an error event, is not tried again and blames no key',
    async (fate, form, status, code) => {
      await using cleanUp = new AsyncDisposableStack()
      const gateway = await misbehaving(fate)
      cleanUp.defer(gateway.stop)
      const told = await ask(gateway.url, { form })
      expect([told.status, told.isWhole]).toEqual([200, true])
      const events = eventsOf(form, told.text)
      expect(textsOf(events)).toBeGreaterThan(0)
      expect(errorOf(events)).toMatchObject({ code: status })
      expect(await settled(gateway)).toEqual(oneRow('failed', 200, code, 'call-upstream', ['cut']))
      expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
    },
  )

  test('stalled with bytes but no content ends all the same', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await misbehaving('stalled', { emulator: { delayMs: { betweenChunks: 50 } } })
    cleanUp.defer(gateway.stop)
    const told = await ask(gateway.url, { form: 'sse' })
    expect(errorOf(eventsOf('sse', told.text))).toMatchObject({ code: 504, status: 'DEADLINE_EXCEEDED' })
    expect(await settled(gateway)).toEqual(oneRow('failed', 200, 'upstream-stalled', 'call-upstream', ['cut']))
  })

  test.each(['sse', 'array'] as const)(
    'an error event of upstream’s own (%s) is passed on and is the end',
    async form => {
      await using cleanUp = new AsyncDisposableStack()
      const gateway = await misbehaving('stream-error')
      cleanUp.defer(gateway.stop)
      const told = await ask(gateway.url, { form })
      const events = eventsOf(form, told.text)
      expect(events.filter(one => errorOf([one]) !== undefined)).toHaveLength(1)
      expect(errorOf(events)).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
      const ledger = oneRow('failed', 200, 'upstream-refused', 'call-upstream', ['upstream-failing'])
      expect(await settled(gateway)).toEqual(ledger)
      expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
    },
  )
})

describe('An upstream with odd manners', () => {
  const behind = async (manners: Manners, cleanUp: AsyncDisposableStack, settings: Record<string, string> = {}) => {
    const upstream = await startOddUpstream(manners)
    cleanUp.defer(upstream.stop)
    const gateway = await misbehaving('valid', { settings: { BASE_URL: `${upstream.url}/v1beta`, ...settings } })
    cleanUp.defer(gateway.stop)
    return { gateway, upstream }
  }

  const quota = JSON.stringify({
    error: {
      code: 429,
      message: 'You exceeded your current quota.',
      status: 'RESOURCE_EXHAUSTED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaDimensions: { model } }],
        },
      ],
    },
  })

  test('a quota error in mid-stream lets the key rest as a quota error at the start does', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway } = await behind((socket, write) => {
      write(head('text/event-stream') + chunk(`data: ${event('so far')}\r\n\r\n`))
      setTimeout(() => {
        write(chunk(`data: ${quota}\r\n\r\n`) + lastChunk)
        socket.end()
      }, 20)
    }, cleanUp)
    const told = await ask(gateway.url, { form: 'sse' })
    expect(errorOf(eventsOf('sse', told.text))).toMatchObject({ code: 429 })
    const ledger = oneRow('failed', 200, 'upstream-refused', 'call-upstream', ['quota-per-day'])
    expect(await settled(gateway)).toEqual(ledger)
    expect(gateway.services.overview.counts()).toMatchObject({ cooling: 1 })
  })

  test('an array that is closed in form but has no reason to finish gets an error element, and stays JSON', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway } = await behind((socket, write) => {
      write(head('application/json') + chunk(`[${event('so far')}`))
      setTimeout(() => {
        write(chunk(`,\r\n${event('and on')}\n]`) + lastChunk)
        socket.end()
      }, 20)
    }, cleanUp)
    const told = await ask(gateway.url, { form: 'array' })
    expect(errorOf(eventsOf('array', told.text))).toMatchObject({ code: 502 })
    expect(await settled(gateway)).toEqual(oneRow('failed', 200, 'upstream-cut', 'call-upstream', ['cut']))
  })

  test('an array whose last bracket never comes is cut, though its last element says that it finished', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway } = await behind((socket, write) => {
      write(head('application/json') + chunk(`[${event('all of it', 'STOP')}`) + lastChunk)
      socket.end()
    }, cleanUp)
    const told = await ask(gateway.url, { form: 'array' })
    expect(errorOf(eventsOf('array', told.text))).toMatchObject({ code: 502 })
    expect(await settled(gateway)).toEqual(oneRow('failed', 200, 'upstream-cut', 'call-upstream', ['cut']))
  })

  test('a stream that begins with thoughts is passed on at once, not taken for an empty one', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const thought = JSON.stringify({ candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] })
    const { gateway } = await behind((socket, write) => {
      write(head('text/event-stream') + chunk(`data: ${thought}\r\n\r\n`))
      setTimeout(() => {
        write(chunk(`data: ${event('so it is', 'STOP')}\r\n\r\n`) + lastChunk)
        socket.end()
      }, 50)
    }, cleanUp)
    const told = await ask(gateway.url, { form: 'sse' })
    expect(eventsOf('sse', told.text)).toEqual([JSON.parse(thought), JSON.parse(event('so it is', 'STOP'))])
    expect(await settled(gateway)).toEqual(oneRow('finished', 200, null, null, ['healthy']))
  })

  test('a stream without a single event is asked for again, and then told as an error with a status', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway } = await behind((socket, write) => {
      write(head('text/event-stream') + lastChunk)
      socket.end()
    }, cleanUp)
    const told = await ask(gateway.url, { form: 'sse' })
    expect(told.status).toBe(502)
    expect(await settled(gateway)).toEqual(oneRow('failed', 502, 'upstream-empty', 'call-upstream', ['empty', 'empty']))
  })

  test('an answer in one piece that breaks off is asked for again, and then told as an error with a status', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway } = await behind((socket, write) => {
      write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"candidates":')
      setTimeout(() => socket.destroy(), 50)
    }, cleanUp)
    const told = await ask(gateway.url)
    expect([told.status, errorOf(eventsOf('whole', told.text))?.status]).toEqual([502, 'UNAVAILABLE'])
    expect(await settled(gateway)).toEqual(oneRow('failed', 502, 'upstream-cut', 'call-upstream', ['cut', 'cut']))
  })

  test('an answer too large to be held that stalls breaks the connection, so that it cannot pass for whole', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway, upstream } = await behind((_socket, write) => {
      write(head('application/json') + chunk(`{"candidates":"${'x'.repeat(9 * 1024 * 1024)}`))
    }, cleanUp)
    const told = await ask(gateway.url)
    expect([told.status, told.isWhole]).toEqual([200, false])
    expect(await settled(gateway)).toEqual(oneRow('failed', 200, 'upstream-cut', 'call-upstream', ['cut']))
    expect(upstream.open()).toBe(0)
  })
})
