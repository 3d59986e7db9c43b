/** Most calls remembered; at some 500 bytes each, about 10 MB. */
const mostCalls = 20_000

/** Most characters remembered, over all signatures: a model that thinks long signs long. */
const mostCharacters = 16 * 1024 * 1024

/**
 * Thought signatures by the id of the function call they came with, newest last. Gemini 3 refuses a call in the current
 * turn without the signature it was made with, and OpenAI clients rebuild their messages without it.
 */
export class SignatureMemory {
  readonly #signatures = new Map<string, string>()
  #characters = 0

  /** Of a call remembered twice the later one counts. */
  remember(callId: string, signature: string): void {
    if (callId.length + signature.length > mostCharacters) return
    this.#forget(callId)
    this.#signatures.set(callId, signature)
    this.#characters += callId.length + signature.length
    for (const oldest of this.#signatures.keys()) {
      if (this.#signatures.size <= mostCalls && this.#characters <= mostCharacters) return
      this.#forget(oldest)
    }
  }

  recall(callId: string): string | undefined {
    return this.#signatures.get(callId)
  }

  #forget(callId: string) {
    const signature = this.#signatures.get(callId)
    if (signature === undefined) return
    this.#signatures.delete(callId)
    this.#characters -= callId.length + signature.length
  }
}
