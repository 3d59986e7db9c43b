import { expect, test } from 'bun:test'
import type { Admission } from '#src/upstream/admission.ts'
import { type Admittance, CircuitBreaker } from '#src/upstream/breaker.ts'

const setUp = (random = 0) => {
  const clock = { now: 1_000_000 }
  const events: string[] = []
  const breaker = new CircuitBreaker({
    now: () => clock.now,
    random: () => random,
    onOpen: reason => events.push(`open: ${reason}`),
    onClose: milliseconds => events.push(`closed after ${milliseconds}`),
  })
  return { breaker, clock, events }
}

const admissionOf = (admittance: Admittance): Admission => {
  if (admittance.kind === 'refuse') throw new Error('refused')
  return admittance.admission
}

const fail = (breaker: CircuitBreaker, times = 1) => {
  for (let count = 0; count < times; count++) admissionOf(breaker.admit()).fail('503')
}

const succeed = (breaker: CircuitBreaker, times = 1) => {
  for (let count = 0; count < times; count++) admissionOf(breaker.admit()).succeed()
}

/** Opens it and waits until a probe may go. */
const openAndDue = (random = 0) => {
  const all = setUp(random)
  fail(all.breaker, 5)
  all.clock.now += 250
  return all
}

test('four failures leave it closed, the fifth within ten seconds opens it', () => {
  const { breaker, events } = setUp()
  fail(breaker, 4)
  expect(breaker.admit()).toMatchObject({ kind: 'go', isProbe: false })
  fail(breaker)
  expect(breaker.state).toEqual({ kind: 'open', since: 1_000_000, reason: '503', probeAt: 1_000_250 })
  expect(events).toEqual(['open: 503'])
})

test('failures spread over more than ten seconds do not open it', () => {
  const { breaker, clock } = setUp()
  for (let count = 0; count < 40; count++) {
    fail(breaker)
    clock.now += 2600
  }
  expect(breaker.state).toEqual({ kind: 'closed' })
})

test('an occasional failure under load does not open it: half of what happened must have failed', () => {
  const { breaker, clock } = setUp()
  for (let second = 0; second < 60; second++) {
    succeed(breaker, 50)
    fail(breaker, 49)
    clock.now += 1000
  }
  expect(breaker.state).toEqual({ kind: 'closed' })
  clock.now += 20_000
  succeed(breaker, 6)
  fail(breaker, 5)
  expect(breaker.state.kind).toBe('closed')
  fail(breaker)
  expect(breaker.state.kind).toBe('open')
})

test('while it is open, one caller is the probe and all others are refused', () => {
  const { breaker, clock } = openAndDue()
  const probe = breaker.admit()
  expect(probe).toMatchObject({ kind: 'go', isProbe: true })
  expect(breaker.admit()).toEqual({ kind: 'refuse', retryAfterMilliseconds: 250 })
  clock.now += 30_000
  expect(breaker.admit().kind).toBe('refuse')
})

test('a probe that is not due yet is waited for by the one who takes the place', () => {
  const { breaker, clock } = setUp()
  fail(breaker, 5)
  clock.now += 100
  expect(breaker.admit()).toMatchObject({ kind: 'wait', milliseconds: 150 })
  expect(breaker.admit()).toEqual({ kind: 'refuse', retryAfterMilliseconds: 250 })
})

test('who leaves while waiting gives the place back', () => {
  const { breaker } = setUp()
  fail(breaker, 5)
  admissionOf(breaker.admit()).forget()
  expect(breaker.admit()).toMatchObject({ kind: 'wait', milliseconds: 250 })
})

test('a probe that succeeds closes it at once, and the old failures are forgotten', () => {
  const { breaker, clock, events } = openAndDue()
  const probe = admissionOf(breaker.admit())
  clock.now += 700
  probe.succeed()
  expect(breaker.state).toEqual({ kind: 'closed' })
  expect(events).toEqual(['open: 503', 'closed after 950'])
  fail(breaker, 4)
  expect(breaker.state.kind).toBe('closed')
})

test('the pauses between probes grow from a quarter of a second to two seconds', () => {
  const { breaker, clock } = openAndDue()
  const pauses = [500, 1000, 2000, 2000, 2000]
  for (const pause of pauses) {
    admissionOf(breaker.admit()).fail('502')
    const next = breaker.admit()
    expect(next).toMatchObject({ kind: 'wait', milliseconds: pause })
    admissionOf(next).forget()
    clock.now += pause
  }
  expect(breaker.state).toMatchObject({ kind: 'open', since: 1_000_000, reason: '502' })
})

test('chance takes up to a quarter off a pause, and the next one is counted from the whole', () => {
  const { breaker, clock } = setUp(0.8)
  fail(breaker, 5)
  expect(breaker.state).toMatchObject({ probeAt: clock.now + 200 })
  clock.now += 200
  admissionOf(breaker.admit()).fail('503')
  expect(breaker.state).toMatchObject({ probeAt: clock.now + 400 })
})

test('a probe that never reports loses its place after a minute', () => {
  const { breaker, clock } = openAndDue()
  const lost = admissionOf(breaker.admit())
  clock.now += 59_999
  expect(breaker.admit().kind).toBe('refuse')
  clock.now += 1
  expect(breaker.admit()).toMatchObject({ kind: 'go', isProbe: true })
  lost.fail('late')
  expect(breaker.state).toMatchObject({ kind: 'open', reason: '503' })
  expect(breaker.admit().kind).toBe('refuse')
})

test('a late success of a probe still closes it', () => {
  const { breaker, clock } = openAndDue()
  const late = admissionOf(breaker.admit())
  clock.now += 70_000
  breaker.admit()
  late.succeed()
  expect(breaker.state.kind).toBe('closed')
})

test('only the first report of a caller counts', () => {
  const { breaker } = setUp()
  const admission = admissionOf(breaker.admit())
  for (let count = 0; count < 9; count++) admission.fail('503')
  expect(breaker.state.kind).toBe('closed')
  const another = openAndDue()
  const probe = admissionOf(another.breaker.admit())
  probe.fail('503')
  probe.succeed()
  expect(another.breaker.state.kind).toBe('open')
})

test('what was sent before it opened says nothing any more: neither success nor failure', () => {
  const { breaker, clock } = setUp()
  const old = Array.from({ length: 10 }, () => admissionOf(breaker.admit()))
  fail(breaker, 5)
  old[0]?.succeed()
  expect(breaker.state.kind).toBe('open')
  clock.now += 250
  succeed(breaker)
  for (const admission of old.slice(1)) admission.fail('timeout')
  expect(breaker.state.kind).toBe('closed')
})

test('a trip opens it at once with longer pauses, which are refused instead of waited for, and double', () => {
  const { breaker, clock } = setUp()
  const flying = admissionOf(breaker.admit())
  admissionOf(breaker.admit()).trip('location', { first: 60_000, longest: 600_000 })
  flying.trip('location', { first: 60_000, longest: 600_000 })
  expect(breaker.admit()).toEqual({ kind: 'refuse', retryAfterMilliseconds: 60_000 })
  clock.now += 58_500
  const probe = breaker.admit()
  expect(probe).toMatchObject({ kind: 'wait', milliseconds: 1500 })
  clock.now += 1500
  admissionOf(probe).trip('location', { first: 60_000, longest: 600_000 })
  expect(breaker.state).toMatchObject({ since: 1_000_000, reason: 'location', probeAt: clock.now + 120_000 })
})
