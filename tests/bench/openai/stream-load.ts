import { percentile } from '../figures.ts'
import { loadStreams, type StreamFigures, type StreamPlan } from '../sse-load.ts'
import { moment, readStamps } from '../stamps.ts'
import { shotOf, streamQuestion, type Way } from './ways.ts'

/**
 * The load of streams whose events carry stamps, a process of its own:
 * `bun stream-load.ts <way> <port> <lanes> <interval> <seconds>`. Prints StampedFigures as JSON. The first event is the
 * first with text.
 */
export type StampedFigures = StreamFigures & {
  /** Milliseconds between an event's leaving upstream and its text's reaching the client. */
  readonly chunkP50: number
  readonly chunkP99: number
}

const load = async (way: Way['name'], port: number, lanes: number, interval: number, seconds: number) => {
  const delays: number[] = []
  const figures = await loadStreams(planOf(way, interval, delays), port, lanes, interval, seconds)
  return { ...figures, chunkP50: percentile(delays, 0.5), chunkP99: percentile(delays, 0.99) }
}

const planOf = (way: Way['name'], interval: number, delays: number[]): StreamPlan => ({
  shot: shotOf(streamQuestion(interval), way),
  hasEvent: piece => readStamps(piece).length > 0,
  isWhole: way === '/v1' ? isWholeChat : tail => tail.includes('"finishReason":"STOP"'),
  // OpenAI's end is three events: the reason to finish, the usage, and `[DONE]`.
  tailLength: way === '/v1' ? 1200 : 320,
  watch: piece => {
    const now = moment()
    for (const leftAt of readStamps(piece)) delays.push(now - leftAt)
  },
})

const isWholeChat = (tail: string) => tail.includes('"finish_reason":"stop"') && tail.includes('data: [DONE]\n\n')

if (import.meta.main) {
  const [way = 'native', ...numbers] = process.argv.slice(2)
  const [port = 0, lanes = 1, interval = 20, seconds = 1] = numbers.map(Number)
  const figures: StampedFigures = await load(way as Way['name'], port, lanes, interval, seconds)
  process.stdout.write(JSON.stringify(figures))
  process.exit(0)
}
