/** Forms of sound that can be made of what Gemini sends (24 kHz PCM) without an encoder. */
export type AudioFormat = 'wav' | 'pcm16'

/** How the answer to one chat request is to be written; known once the request was read. */
export type ChatManner = {
  /** The model as the client wrote it. */
  readonly model: string
  readonly includesUsage: boolean
  /** `functions` where the client speaks the deprecated form of tools. */
  readonly callForm: 'tools' | 'functions'
  /** `parallel_tool_calls: false`: only the first call of an answer is passed on. */
  readonly isOneCallOnly: boolean
  /** Custom (free text) tools, by the name that went up; their text is the argument `input`. */
  readonly customTools: ReadonlySet<string>
  /** The client's own name of a function that was called by the name Google knows. */
  readonly toClientName: (name: string) => string
  /** Null where no sound was asked for. */
  readonly audioFormat: AudioFormat | null
}

/** What is needed beside Gemini's answer to write one. */
export type AnswerContext = {
  readonly manner: ChatManner
  /** Stands in where Google sends no `responseId`; without `chatcmpl-`. */
  readonly fallbackId: string
  /** Seconds since 1970 UTC. */
  readonly created: number
  /** A new id for a call that Google gave none: `call_…`. */
  readonly newCallId: () => string
  /** Told of every thought signature, for clients that do not send it back. */
  readonly onSignature: (callId: string, signature: string) => void
}
