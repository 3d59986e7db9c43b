import type { Logger } from '../logging/logger.ts'
import type { PolicyName } from './policies.ts'
import type { KeyStateSink } from './pool-memory.ts'

export type KeyPoolOptions = {
  readonly sink: KeyStateSink
  readonly logger: Logger
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** 0 up to 1; spreads returns over time. */
  readonly random: () => number
  readonly policy: () => PolicyName
  /** Requests one key may carry at once; 0 is no limit. */
  readonly mostInFlight: () => number
  /** Unexplained refusals in a row after which a key is taken out. */
  readonly mostSoftFailures: () => number
}
