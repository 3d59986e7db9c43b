/** How a key of the emulator behaves; see the README for what each looks like on the wire. */
export const keyBehaviours = [
  'valid',
  'invalid',
  'expired',
  'suspended',
  'leaked',
  'denied',
  'service-disabled',
  'service-blocked',
  'per-minute',
  'per-day',
  'no-quota',
  'prepay-empty',
  'busy',
  'unavailable',
  'internal',
  'deadline',
  'html-error',
  'location',
  'model-not-found',
  'model-retired',
  'forbidden',
  'slow',
  'silent',
  'stalled',
  'cut',
  'cut-inside-event',
  'reset',
  'stream-error',
  'empty',
  'empty-thoughts',
  'blocked-prompt',
  'blocked-answer',
  'malformed-call',
  'echo-key-in-header',
] as const

export type KeyBehaviour = (typeof keyBehaviours)[number]

export const isKeyBehaviour = (value: unknown): value is KeyBehaviour =>
  keyBehaviours.some(behaviour => behaviour === value)

/** Which requests a behaviour touches. The others are answered as if the key were valid, and do not use up `times`. */
export const scopeOf = (behaviour: KeyBehaviour): 'every-method' | 'model-methods' | 'quota-methods' | 'generation' =>
  scopes[behaviour] ?? 'every-method'

const scopes: Readonly<Partial<Record<KeyBehaviour, 'model-methods' | 'quota-methods' | 'generation'>>> = {
  'per-minute': 'quota-methods',
  'per-day': 'quota-methods',
  'no-quota': 'quota-methods',
  'prepay-empty': 'quota-methods',
  busy: 'quota-methods',
  'model-not-found': 'model-methods',
  'model-retired': 'model-methods',
  forbidden: 'model-methods',
  stalled: 'generation',
  cut: 'generation',
  'cut-inside-event': 'generation',
  'stream-error': 'generation',
  empty: 'generation',
  'empty-thoughts': 'generation',
  'blocked-prompt': 'generation',
  'blocked-answer': 'generation',
  'malformed-call': 'generation',
}
