import { expect, test } from 'bun:test'
import { KeysNotStored } from '#src/keys/key-book.ts'
import { FieldsRefused } from '#src/keys/plan-import.ts'
import { readSelection } from '#src/keys/read-selection.ts'
import { selectKeys } from '#src/keys/select-keys.ts'
import { idOf, keysOf, memoryStore, named, openBook } from './_book.ts'
import { invalid, leased, perDay } from './_pool.ts'

const one = 'AQ.book-one-0123456789'
const two = 'AQ.book-two-0123456789'

test('what the database refuses has not happened, and the caller is told', async () => {
  const { store, state } = memoryStore()
  const { book, pool } = await openBook(store, named(one))
  state.isAway = true
  await expect(book.import(two)).rejects.toBeInstanceOf(KeysNotStored)
  await expect(book.change([idOf(one)], { enabled: false })).rejects.toThrow('nothing was changed')
  await expect(book.remove([idOf(one)])).rejects.toBeInstanceOf(KeysNotStored)
  expect(keysOf(pool)).toEqual([`${one} environment`])
  state.isAway = false
  await book.import(two)
  expect(keysOf(pool)).toEqual([`${one} environment`, `${two} database`])
})

test('changes that come at the same time are made one after the other', async () => {
  const { store, state, rows } = memoryStore()
  const { book, pool } = await openBook(store)
  const [first, second, changed, removed] = await Promise.all([
    book.import(`${one}\n${two}`),
    book.import(`${two}\n${one}`),
    book.change([idOf(one), idOf(two)], { enabled: false }),
    book.remove([idOf(one)]),
  ])
  expect([first.counts.imported, second.counts.imported, second.counts.known]).toEqual([2, 0, 2])
  expect([changed.changed, removed.changed, state.calls]).toEqual([2, 1, 3])
  expect(keysOf(pool)).toEqual([`${two} database off`])
  expect(rows.size).toBe(2)
})

test('what cannot be said of a key is refused before anything is stored', async () => {
  const { store, state } = memoryStore()
  const { book } = await openBook(store, named(one))
  await expect(book.import(two, { kind: 'openai' as never })).rejects.toBeInstanceOf(FieldsRefused)
  await expect(book.change([idOf(one)], { priority: 1.5 })).rejects.toThrow('priority must be a whole number')
  await expect(book.plan(two, { tags: ['a,b'] })).rejects.toThrow('tags must be')
  expect(state.calls).toBe(0)
})

test('a change that names no key of the book, or changes nothing, does not touch the database', async () => {
  const { store, state } = memoryStore()
  const { book } = await openBook(store, named(one))
  expect(await book.change(['nobody'], { enabled: false })).toEqual({ matched: 0, changed: 0 })
  expect(await book.change([idOf(one)], { enabled: true })).toEqual({ matched: 1, changed: 0 })
  expect(await book.remove([])).toEqual({ matched: 0, changed: 0 })
  expect(state.calls).toBe(0)
  expect((await book.import(one)).counts.imported).toBe(1)
  expect((await book.import(one)).counts).toMatchObject({ known: 1, imported: 0 })
  expect(state.calls).toBe(1)
})

const table = `key,kind,project,tags,note,enabled
AQ.select-1-0123456789,gemini,p,a;b,Rented in May,true
AQ.select-2-0123456789,gemini,,b,,true
AQ.select-3-0123456789,vertex-express,q,,rented in June,true
AQ.select-4-0123456789,gemini,q,a,,false
AQ.select-5-0123456789,gemini,,,,true`

const selections: readonly (readonly [select: object, found: readonly number[]])[] = [
  [{ all: true }, [0, 1, 2, 3, 4, 5]],
  [{ tag: 'a' }, [1, 4]],
  [{ tag: ['a', 'b'] }, [1, 2, 4]],
  [{ project: 'q' }, [3, 4]],
  [{ project: null }, [0, 2, 5]],
  [{ project: ['', 'p'] }, [0, 1, 2, 5]],
  [{ kind: 'vertex-express' }, [3]],
  [{ source: 'environment' }, [0]],
  [{ note: 'RENTED' }, [1, 3]],
  [{ condition: 'disabled' }, [4]],
  [{ condition: 'dead' }, [1]],
  [{ condition: ['cooling', 'dead'] }, [1, 2]],
  [{ reason: 'key-invalid' }, [1]],
  [{ reason: 'quota-per-day' }, [2]],
  [{ condition: 'ready', kind: 'gemini', project: null }, [0, 5]],
  [{ tag: 'a', condition: 'disabled' }, [4]],
  [{ keys: [idOf('AQ.select-5-0123456789'), idOf('AQ.select-1-0123456789').slice(0, 12)] }, [1, 5]],
  [{ keyIds: [idOf('AQ.select-5-0123456789')], tag: 'a' }, []],
  [{ all: true, tag: 'nobody has it' }, []],
]

test.each(selections)('%j selects exactly the keys that are meant', async (select, found) => {
  const { book, pool } = await openBook(memoryStore().store, named('AQ.select-0-0123456789'))
  await book.import(table)
  const settle = (secret: string, verdict: Parameters<ReturnType<typeof leased>['settle']>[0]) => {
    const seen = new Set<string>()
    for (;;) {
      const lease = leased(pool.acquire({ kind: 'gemini', model: 'm', avoid: seen }))
      if (lease.keyId === idOf(secret)) return lease.settle(verdict)
      seen.add(lease.key.owner.name)
      lease.settle({ name: 'client-gone', blames: 'nobody', retry: 'never', effect: { kind: 'none' } })
    }
  }
  settle('AQ.select-1-0123456789', invalid)
  settle('AQ.select-2-0123456789', perDay)
  const read = readSelection(select)
  if (read.kind === 'refused') throw new Error(read.reason)
  const ids = selectKeys(read.selection, { pool, book })
  expect(ids.toSorted()).toEqual(found.map(number => idOf(`AQ.select-${number}-0123456789`)).toSorted())
})

test.each([
  [{}, 'names no key'],
  [{ all: false }, 'knows only'],
  [{ conditions: 'dead' }, 'knows only'],
  [{ condition: 'nearly dead' }, 'must be ready, cooling, dead, disabled'],
  [{ keys: [] }, 'must be fingerprints'],
  [{ keys: [1] }, 'must be fingerprints'],
  [{ tag: { a: 1 } }, 'must be a tag'],
  [{ note: '' }, 'knows only'],
  [JSON.parse('{"__proto__":{"all":true}}'), 'knows only'],
  [[], 'must be an object'],
  [null, 'must be an object'],
  ['all', 'must be an object'],
])('the selection %j is refused', (select, reason) => {
  expect(readSelection(select)).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) })
})
