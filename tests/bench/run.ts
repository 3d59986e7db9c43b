import { compareRequests } from './compare-requests.ts'
import { compareStreams } from './compare-streams.ts'
import { fixed, table, whole } from './figures.ts'
import { prepareBinary, startGateway } from './gateway.ts'
import { describeMachine } from './machine.ts'
import { type Nginx, startAnsweringNginx, startPassingNginx } from './nginx.ts'
import { type BenchOptions, told } from './options.ts'
import { loadCore, proxyCore, residentMemory, type Workshop } from './processes.ts'
import { runBenchmark } from './run-benchmark.ts'
import { startStreamServer } from './stream-server.ts'
import { plainShot, streamShot, type Target } from './targets.ts'
import { verifyGateway, verifyRequests, verifyStreams } from './verify.ts'

const write = (text: string) => process.stdout.write(text)

const bench = async (workshop: Workshop, options: BenchOptions): Promise<void> => {
  write(`gemini-balance beside nginx, in one run\n  ${describeMachine()}\n`)
  write(`  proxies on core ${proxyCore}, load and upstream on core ${loadCore}; `)
  write(`median of interleaved rounds: requests ${told(options.requests)}, streams ${told(options.streams)}\n`)
  const binary = await prepareBinary(workshop, options.binary)
  const upstream = {
    requests: (await startAnsweringNginx(workshop, loadCore)).port,
    streams: await startStreamServer(workshop),
  }
  const nginx = await startPassingNginx(workshop, proxyCore, upstream)
  const memory = [
    ...(await measureRequests(workshop, options, binary, upstream.requests, nginx)),
    ...(await measureStreams(workshop, options, binary, upstream.streams, nginx)),
  ]
  write('\nResident memory of gemini-balance\n')
  write(table([['', 'MiB'], ...memory.map(({ moment, mebibytes }) => [moment, whole(mebibytes)])]))
  write(legend)
}

type MemoryFigure = { readonly moment: string; readonly mebibytes: number }

const measureRequests = async (
  workshop: Workshop,
  options: BenchOptions,
  binary: string,
  upstream: number,
  nginx: Nginx,
): Promise<readonly MemoryFigure[]> => {
  const gateway = await startGateway(workshop, proxyCore, binary, upstream)
  const idle = await idleMemory(gateway.child)
  const targets = targetsOf(upstream, gateway, nginx)
  await verifyRequests(targets)
  await verifyGateway(gateway, plainShot('small'))
  const before = gateway.readLog().rows
  const sent = (await compareRequests(workshop, targets, options.requests)).get('gemini-balance') ?? 0
  const after = residentMemory(gateway.child)
  await workshop.stop(gateway.child)
  const logged = gateway.readLog().rows - before
  write(`\n${sent} requests through gemini-balance, ${logged} rows in its log (${fixed((logged / sent) * 100, 1)} %)\n`)
  return [
    { moment: 'idle, just started', mebibytes: idle },
    { moment: 'after the plain requests', mebibytes: after },
  ]
}

const measureStreams = async (
  workshop: Workshop,
  options: BenchOptions,
  binary: string,
  upstream: number,
  nginx: Nginx,
): Promise<readonly MemoryFigure[]> => {
  const gateway = await startGateway(workshop, proxyCore, binary, upstream)
  const targets = targetsOf(upstream, gateway, nginx)
  await verifyStreams(targets)
  await verifyGateway(gateway, streamShot(1))
  const underLoad = new Map<number, number>()
  await compareStreams(workshop, targets, options.streams, ({ name }, lanes) => {
    if (name === 'gemini-balance') underLoad.set(lanes, residentMemory(gateway.child))
  })
  const after = await idleMemory(gateway.child)
  await workshop.stop(gateway.child)
  return [
    { moment: 'with 500 streams', mebibytes: underLoad.get(500) ?? Number.NaN },
    { moment: 'with 1000 streams, saturated', mebibytes: underLoad.get(1000) ?? Number.NaN },
    { moment: 'after the streams', mebibytes: after },
  ]
}

const targetsOf = (upstream: number, gateway: Nginx, nginx: Nginx): readonly Target[] => [
  { name: 'direct', port: upstream, proxy: null },
  { name: 'gemini-balance', port: gateway.port, proxy: gateway.child },
  { name: 'nginx', port: nginx.port, proxy: nginx.child },
]

const idleMemory = async (child: Nginx['child']): Promise<number> => {
  await Bun.sleep(2000)
  return residentMemory(child)
}

const legend = `
added p50  milliseconds more than straight to the upstream
of nginx   answers per second, divided by those of nginx
core       share of its core the proxy used; where it is far from 100 %, the load was the limit, not the proxy
CPU µs     processor time of the proxy for one answer

Repeat with: bun run bench
`

await runBenchmark('bench', bench)
