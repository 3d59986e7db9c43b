import { readSelection } from './read-selection.ts'
import { type SelectionTools, selectKeys } from './select-keys.ts'

export type SelectedKeys =
  | { readonly kind: 'keys'; readonly keyIds: readonly string[] }
  /** `reason` is a sentence for whoever asked. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Which keys a `select` from outside means. */
export const selectForCheck =
  (tools: SelectionTools) =>
  (select: unknown): SelectedKeys => {
    const read = readSelection(select)
    return read.kind === 'refused' ? read : { kind: 'keys', keyIds: selectKeys(read.selection, tools) }
  }
