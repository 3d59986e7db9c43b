import type { KeyBehaviour } from '../keys/key-behaviour.ts'
import type { Reply } from './reply.ts'

/** Real milliseconds. */
export type Delays = { readonly firstByte?: number; readonly betweenChunks?: number }

const slowest = { firstByte: 1000, betweenChunks: 200 }

export const delaysFor = (behaviour: KeyBehaviour, { firstByte = 0, betweenChunks = 0 }: Delays) =>
  behaviour === 'slow'
    ? {
        firstByte: Math.max(firstByte, slowest.firstByte),
        betweenChunks: Math.max(betweenChunks, slowest.betweenChunks),
      }
    : { firstByte, betweenChunks }

export const delayed = (behaviour: KeyBehaviour, delays: Delays, reply: Reply): Reply =>
  reply.kind === 'silence' ? reply : { ...reply, delayMs: delaysFor(behaviour, delays).firstByte }
