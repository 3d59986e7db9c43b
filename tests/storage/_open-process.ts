/**
 * A process of its own that opens a database and says what it found: `bun _open-process.ts <connection as JSON>`.
 * Started twice at once, it shows whether two instances can start together.
 */
import { Secret } from '#src/security/secret.ts'
import { openTestStorage } from './_databases.ts'

const parts = JSON.parse(process.argv.at(-1) ?? '')
const storage = await openTestStorage(
  parts.kind === 'mysql' ? { ...parts, password: new Secret(parts.password) } : parts,
)
const keys = await storage.loadKeys()
const requests = await storage.findRequests({ limit: 100 })
await storage.close()
process.stdout.write(JSON.stringify({ keys: keys.map(key => key.secret), requests: requests.rows.length }))
