import { join } from 'node:path'
import { loadCore, type Workshop } from './processes.ts'

/** Starts the upstream of streams, `sse-server.ts`. @returns its port */
export const startStreamServer = async (workshop: Workshop): Promise<number> => {
  const server = workshop.start(loadCore, [process.execPath, join(import.meta.dir, 'sse-server.ts')])
  const { value } = await server.stdout.getReader().read()
  return Number(new TextDecoder().decode(value))
}
