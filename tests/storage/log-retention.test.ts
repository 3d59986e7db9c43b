import { expect, test } from 'bun:test'
import { silentLogger } from '#src/logging/logger.ts'
import { deleteOldLogs } from '#src/storage/log-retention.ts'

const settings = {
  AUTO_DELETE_ERROR_LOGS_ENABLED: true,
  AUTO_DELETE_ERROR_LOGS_DAYS: 7,
  AUTO_DELETE_REQUEST_LOGS_ENABLED: true,
  AUTO_DELETE_REQUEST_LOGS_DAYS: 30,
}

const storeThatNotes = () => {
  const deleted: [string, number][] = []
  const note = (table: string) => async (time: number) => deleted.push([table, time])
  return { deleted, store: { deleteErrorsBefore: note('errors'), deleteRequestsBefore: note('requests') } }
}

const now = () => Date.UTC(2026, 10, 23)

test('logs older than their days are deleted', async () => {
  const { deleted, store } = storeThatNotes()
  await deleteOldLogs({ settings, store, logger: silentLogger, now })
  expect(deleted).toEqual([
    ['errors', Date.UTC(2026, 10, 16)],
    ['requests', Date.UTC(2026, 9, 24)],
  ])
})

test('logs that are to be kept are kept', async () => {
  const { deleted, store } = storeThatNotes()
  const kept = { ...settings, AUTO_DELETE_REQUEST_LOGS_ENABLED: false }
  await deleteOldLogs({ settings: kept, store, logger: silentLogger, now })
  expect(deleted.map(([table]) => table)).toEqual(['errors'])
})

test('a database that is away does no harm', async () => {
  const away = async () => {
    throw new Error('away')
  }
  const store = { deleteErrorsBefore: away, deleteRequestsBefore: away }
  expect(await deleteOldLogs({ settings, store, logger: silentLogger, now })).toBeUndefined()
})
