import type { Logger } from '../logging/logger.ts'

/** The first SIGTERM or SIGINT stops the program in order and ends it with 0; a second one ends it at once. */
export const stopOnSignals = (logger: Logger, stop: () => Promise<void>): void => {
  let isStopping = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(130)
    isStopping = true
    logger.info('stopping', { signal })
    stop().then(
      () => process.exit(0),
      error => {
        logger.error('stopping failed', { error })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
