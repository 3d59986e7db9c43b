import type { EgressPool } from './egress-pool.ts'
import type { ProbeKeyOptions } from './probe-key.ts'
import type { UpstreamClient } from './upstream-client.ts'

/** Sends the check of a key by the way that the key's requests go, and by no other. */
export const sendProbe =
  (client: UpstreamClient, egresses: Pick<EgressPool, 'choose'>): ProbeKeyOptions['send'] =>
  async (request, limits, keyId) => {
    const choice = egresses.choose(keyId)
    const timing = { connect: 0, firstByte: 0 }
    if (choice.kind === 'refuse') return { kind: 'unreachable', reason: 'no-way-out', timing }
    if (choice.kind === 'wait') await Bun.sleep(choice.milliseconds)
    const reply = await client.send(request, limits, choice.pass.egress)
    if (reply.kind === 'unreachable') choice.pass.settle({ kind: 'failed', reason: reply.reason })
    else if (reply.kind === 'timeout') choice.pass.settle({ kind: 'doubtful' })
    // An answer may be the page of a proxy, or say that Google does not serve this place: nobody has read it yet.
    else choice.pass.settle({ kind: 'unknown' })
    return reply
  }
