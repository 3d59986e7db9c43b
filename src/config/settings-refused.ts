/** One refused value: the setting (empty for a fault of the `.env` file itself) and the sentence that says why. */
export type Refusal = { readonly setting: string; readonly sentence: string }

/** Values of settings were refused, all of them told together; nothing was changed. Holds no secret. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused'
  readonly refusals: readonly Refusal[]

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ sentence }) => sentence).join('\n'))
    this.refusals = refusals
  }
}
