/** Where the bytes of a streamed reply come from: whole events each time, null at the end of a complete answer. */
export type EventSource = {
  /** @throws GatewayError when the stream breaks */
  readonly read: () => Promise<Buffer | null>
  readonly cancel: () => void
}
