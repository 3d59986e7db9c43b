import type { ListedKeys } from '../../admin/list-keys.ts'
import type { KeyChangeResult } from '../../keys/key-book.ts'
import type { ImportPlan } from '../../keys/plan-import.ts'
import { exitCodes } from '../exit-codes.ts'
import { keysHelp } from './keys-help.ts'
import { findTarget, type KeysTarget, NoDatabase, ServerUnusable, type TargetTools } from './keys-target.ts'
import type { KeysAction, KeysCommand, SelectParts } from './parse-keys-arguments.ts'
import { NothingToRead, readText } from './read-text.ts'
import { runCheck } from './run-check.ts'
import { showImport } from './show-import.ts'
import { showList } from './show-list.ts'
import { askPerson, print, tellPerson } from './terminal.ts'

/** Runs one command and gives the exit code. @throws SettingsRefused, and what the database throws */
export const runKeys = async (command: KeysCommand, tools: TargetTools): Promise<number> => {
  const { action } = command
  if (action.name === 'help') {
    await print(keysHelp)
    return exitCodes.fine
  }
  try {
    const text = action.name === 'import' ? await readText(action.file) : ''
    const target = await findTarget(command, tools)
    try {
      return await run(action, text, target, command.json)
    } finally {
      await target.close()
    }
  } catch (error) {
    if (error instanceof Refused) {
      tellPerson(error.message)
      return error.exitCode
    }
    if (![ServerUnusable, NoDatabase, NothingToRead].some(known => error instanceof known)) throw error
    tellPerson((error as Error).message)
    return exitCodes.failed
  }
}

/** What the keys API said in place of an answer. */
class Refused extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

type Doing = Exclude<KeysAction, { name: 'help' }>

const run = async (action: Doing, text: string, target: KeysTarget, json: boolean): Promise<number> => {
  switch (action.name) {
    case 'import':
      return await runImport(action, text, target, json)
    case 'list':
      return await runList(action, target, json)
    case 'check': {
      const wish = { select: action.select, deep: action.deep }
      return await runCheck(await accepted(target.ask('POST', '/check', wish)), json)
    }
    case 'export':
      return await runExport(action, target)
    default:
      return await runChange(action, target, json)
  }
}

const runImport = async (
  action: Extract<Doing, { name: 'import' }>,
  text: string,
  target: KeysTarget,
  json: boolean,
) => {
  const { dryRun, revive, check, fields } = action
  const response = await accepted(target.ask('POST', '/import', { text, dryRun, revive, check, ...fields }))
  const plan = (await response.json()) as ImportPlan
  await print(json ? `${JSON.stringify(plan)}\n` : showImport(plan, dryRun))
  return plan.counts.refused > 0 ? exitCodes.partly : exitCodes.fine
}

const pageSize = 500

const runList = async ({ select, limit }: Extract<Doing, { name: 'list' }>, target: KeysTarget, json: boolean) => {
  const wanted = limit ?? Number.POSITIVE_INFINITY
  const rows: unknown[] = []
  let shown = 0
  for (;;) {
    const page = await readPage(target, select, shown, Math.min(pageSize, wanted - shown))
    if (json) rows.push(...page.rows)
    else await print(showList(page.rows, shown === 0, process.stdout.isTTY ? process.stdout.columns : undefined))
    shown += page.rows.length
    if (page.rows.length > 0 && shown < Math.min(wanted, page.matching)) continue
    if (json) await print(`${JSON.stringify({ matching: page.matching, counts: page.counts, rows })}\n`)
    else tellPerson(`${shown.toLocaleString('en')} of ${page.matching.toLocaleString('en')} keys.`)
    return exitCodes.fine
  }
}

const readPage = async (
  target: KeysTarget,
  select: SelectParts,
  offset: number,
  limit: number,
): Promise<ListedKeys> => {
  const query = new URLSearchParams({ offset: String(offset), limit: String(limit) })
  for (const [name, value] of Object.entries(select)) {
    if (value !== true) for (const one of [value].flat()) query.append(name, one)
  }
  return (await (await accepted(target.ask('GET', `?${query}`))).json()) as ListedKeys
}

const runExport = async ({ select, format }: Extract<Doing, { name: 'export' }>, target: KeysTarget) => {
  const response = await accepted(target.ask('POST', '/export', { select, format }))
  for await (const chunk of response.body ?? []) await print(chunk)
  return exitCodes.fine
}

const pastOf = { enable: 'enabled', disable: 'disabled', delete: 'deleted' } as const

const runChange = async (
  action: Extract<Doing, { name: 'enable' | 'disable' | 'delete' }>,
  target: KeysTarget,
  json: boolean,
): Promise<number> => {
  if (action.name === 'delete' && !action.isSure) {
    const { matching } = await readPage(target, action.select, 0, 1)
    const isSure = matching === 0 || (await askPerson(`Delete ${matching.toLocaleString('en')} keys for good?`))
    if (isSure === undefined) throw new Refused('Nobody can be asked here: say --yes to delete.', exitCodes.misused)
    if (!isSure) throw new Refused('Nothing was deleted.', exitCodes.failed)
  }
  const response = await accepted(target.ask('POST', `/${action.name}`, { select: action.select }))
  const { matched, changed } = (await response.json()) as KeyChangeResult
  const sentence = `${matched.toLocaleString('en')} keys match, ${changed.toLocaleString('en')} were ${pastOf[action.name]}.`
  await print(json ? `${JSON.stringify({ matched, changed })}\n` : `${sentence}\n`)
  return matched === 0 ? exitCodes.failed : exitCodes.fine
}

const accepted = async (asking: Promise<Response>): Promise<Response> => {
  const response = await asking.catch(error => {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new ServerUnusable(`The connection to the server was lost${reason}. Part of it may have been done.`)
  })
  if (response.ok) return response
  const answer = (await response.json().catch(() => ({}))) as { error?: { message?: unknown } }
  const message = answer.error?.message ?? `The server answered with status ${response.status}.`
  throw new Refused(String(message), response.status === 400 ? exitCodes.misused : exitCodes.failed)
}
