/** Media that is not fetched. `message` is written for the caller; `detail` is for the log only. */
export class MediaRefused extends Error {
  override readonly name = 'MediaRefused'
  readonly detail: string | undefined

  constructor(message: string, detail?: string) {
    super(message)
    this.detail = detail
  }
}

/**
 * One sentence for a name that does not exist and for one that leads to a private address: two would tell the caller
 * which names there are inside.
 */
export const unknownHost =
  'The media was not fetched: its host is unknown or is not on the public internet. Send the data itself instead.'

export const unreachable = 'The media was not fetched: its server could not be reached.'
