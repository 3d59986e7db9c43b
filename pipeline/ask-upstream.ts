import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Logger } from '#src/logging/logger.ts'
import { googleErrorBody, googleErrorFrame } from '#src/protocols/gemini/write-error.ts'
import type { Answer, Built, Door } from './exchange.ts'
import type { ModelPage } from './model-catalogue.ts'
import type { ListedModel } from './plugin.ts'
import { newJournal } from './run-exchange.ts'
import { Scope } from './scope.ts'
import { type Stage, StageFailure } from './stage.ts'
import { Stopwatch } from './stopwatch.ts'

/** Asks upstream for a page of its model list, with a balanced key and the same retries as anybody's request. */
export const askForModels =
  (retrying: Stage<Built, { readonly answer: Answer }>, logger: Logger) =>
  async (version: string, pageToken: string | null): Promise<ModelPage> => {
    const query = `pageSize=1000${pageToken === null ? '' : `&pageToken=${encodeURIComponent(pageToken)}`}`
    const known = ownExchange(version, query, logger)
    // Somebody's request may be waiting for the answer; its own limits are much longer.
    const timer = setTimeout(
      () => known.scope.close({ kind: 'failed', stage: 'call-upstream', error: tooSlow() }),
      mostMilliseconds,
    )
    try {
      const { answer } = await retrying.run(known)
      known.scope.close({ kind: 'finished' })
      return readPage(answer)
    } catch (failure) {
      known.scope.close({
        kind: 'failed',
        stage: 'call-upstream',
        error: failure instanceof StageFailure ? failure.cause : failure,
      })
      const { ending } = known.scope
      throw ending?.kind === 'failed' ? ending.error : failure
    } finally {
      clearTimeout(timer)
    }
  }

const mostMilliseconds = 15_000

const tooSlow = () => new GatewayError('upstream-timeout', 'The Gemini API did not send its list of models in time.')

const readPage = ({ status, content }: Answer): ModelPage => {
  if (status !== 200 || content.kind !== 'whole') {
    throw new GatewayError('upstream-refused', 'The list of models could not be read from the Gemini API.')
  }
  try {
    const page = JSON.parse(content.bytes.toString('utf8')) as { models?: ListedModel[]; nextPageToken?: string }
    return {
      models: (page.models ?? []).filter(model => typeof model.name === 'string'),
      nextPageToken: page.nextPageToken ?? null,
    }
  } catch (error) {
    throw new GatewayError('upstream-refused', 'The list of models from the Gemini API could not be read.', {
      cause: error,
    })
  }
}

const door: Door = {
  protocol: 'gateway',
  about: { method: 'GET models', model: '' },
  read: () => {
    throw new GatewayError('internal', "The gateway's own requests are not read.")
  },
  writeError: error => ({ contentType: 'application/json', body: googleErrorBody(error) }),
  writeErrorFrame: googleErrorFrame,
  keepAlive: '',
}

const ownExchange = (version: string, query: string, logger: Logger): Built => ({
  requestId: 'models',
  arrivedAt: Date.now(),
  request: new Request('http://gateway.internal/'),
  door,
  scope: new Scope(error => logger.error('a duty of an own request failed', { error })),
  stopwatch: new Stopwatch(),
  journal: newJournal(door),
  notes: new Map(),
  caller: { role: 'admin', fingerprint: '' },
  ask: {
    method: 'GET models',
    model: null,
    version,
    toPath: () => '/models',
    query,
    verb: 'GET',
    body: { kind: 'none' },
    stream: null,
    answer: 'unknown',
    credential: 'x-goog-api-key',
    writer: null,
    fanOut: null,
  },
  target: null,
  mode: { kind: 'text' },
  body: { kind: 'none' },
})
