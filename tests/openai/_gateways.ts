import { afterAll, beforeAll, beforeEach } from 'bun:test'
import type { Emulator, KeyBehaviour } from '#src/emulator/emulator.ts'
import { type GatewayOptions, goodKey, startCompiledGateway, type TestGateway } from '../_gateway.ts'
import { faultsOf } from './_schema.ts'

/** A compiled gateway that can be spoken of before it runs: it starts before the first test and stops after the last. */
export type SharedGateway = Pick<TestGateway, 'url' | 'emulator' | 'output'>

/** Building the program can take long on a busy machine. */
const longestBuild = 60_000

/** For all tests of the file or of the group; the emulator's journal starts anew in each. */
export const gatewayForTests = (options: GatewayOptions = {}): SharedGateway => {
  let started: TestGateway | undefined
  const running = (): TestGateway => {
    if (started === undefined) throw new Error('The gateway runs while the tests do.')
    return started
  }
  beforeAll(async () => {
    // Made here, so that no request's time passes meanwhile.
    faultsOf('Model', {})
    started = await startCompiledGateway(options)
  }, longestBuild)
  beforeEach(() => running().emulator.clearRequests())
  afterAll(() => started?.stop())
  return {
    get url() {
      return running().url
    },
    get emulator(): Emulator {
      return running().emulator
    },
    output: () => running().output(),
  }
}

/** A gateway of its own whose one key behaves so, for as long as `work` takes. */
export const withBehaviour = async <Result>(
  behaviour: KeyBehaviour,
  work: (gateway: TestGateway) => Promise<Result>,
  options: GatewayOptions = {},
): Promise<Result> => {
  const gateway = await startCompiledGateway({ keys: [{ secret: goodKey, behaviour }], ...options })
  try {
    return await work(gateway)
  } finally {
    await gateway.stop()
  }
}
