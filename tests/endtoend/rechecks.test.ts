import { expect, spyOn, test } from 'bun:test'
import { RecheckSchedule } from '#src/keys/recheck-schedule.ts'
import { adminToken, clientToken, type LocalGateway, startGateway } from '../_gateway.ts'
import { VirtualTimers } from '../keys/_virtual-timers.ts'

const hour = 3_600_000

const ask = (url: string) =>
  fetch(`${url}/v1beta/models/gemini-3.5-flash:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': clientToken, 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello.' }] }] }),
  })

/** The gateway's own parts on a clock that the test moves. */
const scheduleFor = ({ services }: LocalGateway) => {
  const clock = { now: Date.now() }
  const timers = new VirtualTimers(clock)
  const schedule = new RecheckSchedule({
    pool: services.pool,
    checker: services.checker,
    logger: services.logger,
    hours: () => 1,
    now: () => clock.now,
    random: Math.random,
    setTimer: timers.set,
  })
  return { timers, schedule }
}

test('a key that traffic found dead serves again a day later, when Google takes it again', async () => {
  const secret = 'AQ.planted-key-that-comes-back'
  const gateway = await startGateway({ keys: [{ secret, behaviour: 'suspended' }] })
  try {
    const { timers, schedule } = scheduleFor(gateway)
    const refused = await ask(gateway.url)
    expect(refused.status).not.toBe(200)
    gateway.emulator.setBehaviour(secret, 'valid')
    expect((await ask(gateway.url)).status).toBe(503)
    gateway.emulator.clearRequests()
    await timers.advance(23 * hour)
    expect(gateway.emulator.requests).toHaveLength(0)
    expect((await ask(gateway.url)).status).toBe(503)
    await timers.advance(3 * hour)
    expect(gateway.emulator.requests.map(({ path, query }) => path + query)).toEqual(['/v1beta/models?pageSize=1'])
    expect((await ask(gateway.url)).status).toBe(200)
    schedule.stop()
    expect(gateway.output()).toContain('a key is back')
    expect(gateway.output()).not.toContain(secret)
  } finally {
    await gateway.stop()
  }
})

test('a change of the interval is told to the schedule at once', async () => {
  const gateway = await startGateway({ settings: { CHECK_INTERVAL_HOURS: '720' } })
  try {
    const retime = spyOn(gateway.services.rechecks, 'retime')
    const change = (settings: object) =>
      fetch(`${gateway.url}/api/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify(settings),
      })
    await change({ MAX_RETRIES: 2 })
    expect(retime).not.toHaveBeenCalled()
    await change({ CHECK_INTERVAL_HOURS: 0 })
    expect(retime).toHaveBeenCalledTimes(1)
  } finally {
    await gateway.stop()
  }
})
