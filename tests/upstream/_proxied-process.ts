import { runScenario } from './_proxied-scenario.ts'

/** A process of its own, because Bun reads NODE_EXTRA_CA_CERTS when it starts. Prints what happened as JSON. */
const kind = process.argv[2] === 'microsocks' ? 'microsocks' : 'tinyproxy'
process.stdout.write(JSON.stringify(await runScenario(kind, true)))
process.exit(0)
