import type { SecretBox } from '../security/secret-box.ts'
import type { KeyRecord } from '../storage/records.ts'
import { type KeyFields, readKeyFields } from './import/key-fields.ts'
import { parseKeys } from './import/parse-keys.ts'
import { fingerprintOfKey } from './key-entries.ts'

/** What holds for the keys of an import unless the text says otherwise of a key. */
export type ImportOptions = KeyFields & {
  /** Takes keys in again that were deleted before. */
  readonly revive?: boolean
}

export const importStatuses = ['new', 'duplicate-in-text', 'known', 'deleted-before', 'refused'] as const

export type ImportStatus = (typeof importStatuses)[number]

/** One piece of the text. Holds no part of it. */
export type ImportRow = {
  /** Counted from 1. */
  readonly line: number
  readonly fingerprint: string
  readonly status: ImportStatus
  /** A sentence for people; empty where the status says it all. */
  readonly reason: string
}

export type ImportCounts = Readonly<Record<ImportStatus, number>> & {
  readonly total: number
  /** Keys that are stored: the new ones, those that only the settings held and, with `revive`, those deleted before. */
  readonly imported: number
}

export type ImportPlan = {
  readonly counts: ImportCounts
  /** In the order of the text. */
  readonly rows: readonly ImportRow[]
}

/**
 * What there is already: `known` keys are in use and in the database, `named` ones are in use, but only the settings hold
 * their secrets; `deleted` ones were taken out by a person.
 */
export type Standing = 'known' | 'named' | 'deleted' | 'absent'

/** Thrown when the options of an import, or a change, are not what they can be; the message is for people. */
export class FieldsRefused extends Error {
  override readonly name = 'FieldsRefused'
}

/**
 * Says what becomes of every piece of a text, and makes the records of the keys that are taken in.
 * @throws TooManyKeys, FieldsRefused
 */
export const planImport = async (
  text: string,
  options: ImportOptions,
  { box, standingOf, recordOf, now }: PlanningTools,
): Promise<{ readonly plan: ImportPlan; readonly records: readonly KeyRecord[] }> => {
  const { revive = false, ...given } = options
  const base = checkFields(given)
  const counts = { new: 0, 'duplicate-in-text': 0, known: 0, 'deleted-before': 0, refused: 0 }
  const found: Omit<KeyRecord, 'createdAt'>[] = []
  const rows: ImportRow[] = []
  const lines = new Map<string, number>()
  for (const piece of parseKeys(text)) {
    // Requests go on while somebody imports a hundred thousand keys.
    if (rows.length % piecesInOneGo === piecesInOneGo - 1) await new Promise<void>(resolve => setImmediate(resolve))
    const secret = (piece.kind === 'key' ? piece.secret : piece.text).reveal()
    const keyId = box.keyIdOf(secret)
    const standing = standingOf(keyId)
    const [status, reason] =
      piece.kind === 'refused' ? (['refused', piece.reason] as const) : statusOf(standing, lines.get(keyId), revive)
    counts[status]++
    rows.push({ line: piece.line, fingerprint: fingerprintOfKey(keyId), status, reason })
    if (piece.kind === 'refused' || lines.has(keyId)) continue
    lines.set(keyId, piece.line)
    // As it is, so that it stays when the settings name it no more: whoever moves keys here empties API_KEYS afterwards.
    if (standing === 'named') found.push({ ...recordOf(keyId), secret })
    else if (standing === 'absent' || (standing === 'deleted' && revive))
      found.push({ ...blank, ...base, ...piece.fields, keyId, secret })
  }
  // A millisecond apart: keys are read in the order they were made, which is to be that of the text.
  const records = found.map((record, index) => ({ ...record, createdAt: now - found.length + 1 + index }))
  return { plan: { counts: { total: rows.length, ...counts, imported: records.length }, rows }, records }
}

/** @param earlier line in which the same key stands, if it does */
const statusOf = (
  standing: Standing,
  earlier: number | undefined,
  revive: boolean,
): readonly [status: ImportStatus, reason: string] => {
  if (earlier !== undefined) return ['duplicate-in-text', `the same key as in line ${earlier}`]
  if (standing === 'known') return ['known', '']
  if (standing === 'named') return ['known', 'named by the settings, now also kept in the database']
  if (standing === 'absent') return ['new', '']
  return ['deleted-before', revive ? 'was deleted before and is taken in again' : 'was deleted before; left out']
}

const piecesInOneGo = 500

type PlanningTools = {
  readonly box: Pick<SecretBox, 'keyIdOf'>
  readonly standingOf: (keyId: string) => Standing
  /** What is said of a key that is `named`. */
  readonly recordOf: (keyId: string) => Omit<KeyRecord, 'secret' | 'createdAt'>
  /** Milliseconds since 1970 UTC. */
  readonly now: number
}

/** @throws FieldsRefused */
export const checkFields = (given: Readonly<Record<string, unknown>>): KeyFields => {
  const read = readKeyFields(given)
  if (read.kind === 'refused') throw new FieldsRefused(`${read.reason}.`)
  return read.fields
}

const blank = { kind: 'gemini', project: null, priority: 0, tags: [], note: '', enabled: true, deleted: false } as const
