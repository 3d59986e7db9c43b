import { prepareBinary, type RunningGateway, startGateway } from '../gateway.ts'
import { describeMachine } from '../machine.ts'
import { startAnsweringNginx } from '../nginx.ts'
import { type BenchOptions, told } from '../options.ts'
import { loadCore, proxyCore, type Workshop } from '../processes.ts'
import { runBenchmark } from '../run-benchmark.ts'
import { startStreamServer } from '../stream-server.ts'
import { verifyGateway } from '../verify.ts'
import { comparePlain } from './compare-plain.ts'
import { compareStreamed } from './compare-streamed.ts'
import { type SummaryRow, summaryOf } from './summary.ts'
import { verifyPlain, verifySentUp, verifyStreamed } from './verify.ts'
import { questions, streamQuestion, waysOf } from './ways.ts'

const write = (text: string) => process.stdout.write(text)

const bench = async (workshop: Workshop, options: BenchOptions): Promise<void> => {
  write(`What /v1/chat/completions costs beside the native path, in one run\n  ${describeMachine()}\n`)
  write(`  the gateway on core ${proxyCore}, load and upstream on core ${loadCore}; `)
  write(`median of interleaved rounds: requests ${told(options.requests)}, streams ${told(options.streams)}\n`)
  const binary = await prepareBinary(workshop, options.binary)
  await checkWhatGoesUp(workshop, binary)
  const rows = [
    ...(await measurePlain(workshop, options, binary)),
    ...(await measureStreamed(workshop, options, binary)),
  ]
  write(`${legend}\nFor the README:\n\n${summaryOf(rows)}\n\nRepeat with: bun run bench:openai\n`)
}

const checkWhatGoesUp = async (workshop: Workshop, binary: string): Promise<void> => {
  let gateway: RunningGateway | undefined
  await verifySentUp(questions.long, async port => {
    gateway = await startGateway(workshop, proxyCore, binary, port)
    return waysOf(port, gateway)
  })
  if (gateway !== undefined) await workshop.stop(gateway.child)
}

const measurePlain = async (
  workshop: Workshop,
  options: BenchOptions,
  binary: string,
): Promise<readonly SummaryRow[]> => {
  const upstream = await startAnsweringNginx(workshop, loadCore)
  const gateway = await startGateway(workshop, proxyCore, binary, upstream.port)
  const ways = waysOf(upstream.port, gateway)
  await verifyPlain(ways, Object.values(questions))
  await verifyGateway(gateway, questions.small.gemini)
  await verifyGateway(gateway, questions.small.openai)
  const rows = await comparePlain(workshop, ways, options.requests)
  await workshop.stop(gateway.child)
  return rows
}

const measureStreamed = async (
  workshop: Workshop,
  options: BenchOptions,
  binary: string,
): Promise<readonly SummaryRow[]> => {
  const upstream = await startStreamServer(workshop)
  const gateway = await startGateway(workshop, proxyCore, binary, upstream)
  const ways = waysOf(upstream, gateway)
  await verifyStreamed(ways)
  await verifyGateway(gateway, streamQuestion(1).gemini)
  await verifyGateway(gateway, streamQuestion(1).openai)
  const rows = await compareStreamed(workshop, ways, options.streams, options.requests.warmUpSeconds)
  await workshop.stop(gateway.child)
  return rows
}

const legend = `
added p50     milliseconds more than straight to the upstream
to native     milliseconds more than through /v1beta/models/...
of native     the figure before it, divided by that of the native path
first         milliseconds to the first text of a stream
event         milliseconds from an event's leaving upstream to its text's reaching the client
core          share of its core the gateway used; where it is far from 100 %, the load was the limit
CPU µs        processor time of the gateway for one answer; CPU µs/event for one of its events, the request included
`

await runBenchmark('bench:openai', bench)
