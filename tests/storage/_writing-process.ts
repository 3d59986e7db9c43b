/**
 * A process of its own that records requests without end until it is killed: `bun _writing-process.ts <SQLite file>`. Prints
 * how many it has certainly written, one number per line.
 */
import { silentLogger } from '#src/logging/logger.ts'
import { WriteBehind } from '#src/storage/write-behind.ts'
import { openTestStorage } from './_databases.ts'
import { requestRecord } from './_records.ts'

const storage = await openTestStorage({ kind: 'sqlite', file: process.argv.at(-1) ?? '' })
const records = new WriteBehind({ storage, logger: silentLogger })
for (let count = 1; ; count += 1) {
  records.recordRequest(requestRecord({ requestId: `${count}` }))
  records.recordKeyState({ keyId: `key-${count % 100}`, state: `${count}`, updatedAt: count })
  if (count % 100 !== 0) continue
  await records.drain(10_000)
  process.stdout.write(`${count}\n`)
}
