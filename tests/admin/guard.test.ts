import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { createFrames } from '#src/admin/frames.ts'
import { createGuard } from '#src/admin/guard.ts'
import { Sessions } from '#src/admin/sessions.ts'
import { Visitor } from './_dashboard.ts'

const scope = { basePath: '', sessionSeconds: () => 60, trustProxyHeaders: () => false }

const guardedBy = () => {
  const sessions = new Sessions({ adminToken: () => 'token', sessionSeconds: () => 60, now: () => 0 })
  const makeFrame = createFrames({ basePath: '', version: '1' })
  const guard = createGuard({ ...scope, sessions, makeFrame, comparisonKey: new Uint8Array(32) })
  return { guard, sessions }
}

test('a page that forgets to ask for the guard is closed to guests all the same', async () => {
  const forgetful = new Elysia({ name: 'forgetful' }).get('/secret', () => 'secret')
  const { guard, sessions } = guardedBy()
  const visitor = new Visitor(new Elysia().use(guard).use(forgetful))
  expect((await visitor.get('/secret')).status).toBe(303)
  const member = await visitor.get('/secret', { cookie: `gemini_balance_session=${sessions.start()}` })
  expect(await member.text()).toBe('secret')
})

test('behind the guard, handlers have the fields of the form', async () => {
  const { guard, sessions } = guardedBy()
  const id = sessions.start()
  const application = new Elysia().use(guard).post('/note', ({ form }) => form.get('note') ?? '', { parse: 'none' })
  const headers = {
    cookie: `gemini_balance_session=${id}`,
    'x-csrf-token': sessions.find(id, 'background')?.csrfToken ?? '',
  }
  const response = await new Visitor(application).post('/note', { note: 'ä & b' }, headers)
  expect(await response.text()).toBe('ä & b')
})
