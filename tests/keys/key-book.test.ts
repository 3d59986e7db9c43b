import { expect, test } from 'bun:test'
import { describeWithEachDatabase, openTestStorage } from '#tests/storage/_databases.ts'
import { fingerprintFor, idOf, keysOf, named, openBook } from './_book.ts'

const one = 'AQ.book-one-0123456789'
const two = 'AQ.book-two-0123456789'
const three = 'AQ.book-three-0123456789'
const ofEnvironment = 'AQ.book-of-the-environment-0123456789'

describeWithEachDatabase('The key book', databases => {
  const open = async (settings = named()) => {
    const connection = await databases.create()
    const storage = await openTestStorage(connection)
    const again = async (later = settings) => {
      const reopened = await openTestStorage(connection)
      const opened = await openBook(reopened, later)
      return { ...opened, close: () => reopened.close() }
    }
    return { ...(await openBook(storage, settings)), storage, again }
  }

  test('takes in what is new, says what is not, and has it after a restart', async () => {
    const { book, pool, storage, again } = await open(named(ofEnvironment, three))
    const text = `${one}\n${two}\n${one}\n${ofEnvironment}\nshort\n`
    const expected = {
      counts: { total: 5, new: 2, 'duplicate-in-text': 1, known: 1, 'deleted-before': 0, refused: 1, imported: 3 },
      rows: [
        { line: 1, fingerprint: fingerprintFor(one), status: 'new', reason: '' },
        { line: 2, fingerprint: fingerprintFor(two), status: 'new', reason: '' },
        { line: 3, fingerprint: fingerprintFor(one), status: 'duplicate-in-text', reason: 'the same key as in line 1' },
        {
          line: 4,
          fingerprint: fingerprintFor(ofEnvironment),
          status: 'known',
          reason: expect.stringContaining('kept'),
        },
        { line: 5, fingerprint: fingerprintFor('short'), status: 'refused', reason: 'shorter than 20 characters' },
      ],
    } as const
    expect(await book.plan(text)).toEqual(expected)
    expect(keysOf(pool)).toEqual([`${ofEnvironment} environment`, `${three} environment`])
    expect(await book.import(text, { project: 'p', tags: ['x'] })).toEqual({
      ...expected,
      keyIds: [idOf(one), idOf(two), idOf(ofEnvironment)],
    })
    const after = [`${ofEnvironment} environment`, `${one} database`, `${three} environment`, `${two} database`]
    expect(keysOf(pool)).toEqual(after)
    await storage.close()

    const later = await again()
    expect(keysOf(later.pool)).toEqual(after)
    expect(later.book.records([idOf(two), idOf(ofEnvironment), idOf(three), 'nobody'])).toEqual([
      expect.objectContaining({ keyId: idOf(two), project: 'p', tags: ['x'], createdAt: expect.any(Number) }),
      expect.objectContaining({ keyId: idOf(ofEnvironment), project: null, tags: [], createdAt: expect.any(Number) }),
      expect.objectContaining({ keyId: idOf(three), createdAt: null }),
    ])
    await later.close()
  })

  test('a key that was deleted stays deleted though the environment names it, until somebody wants it back', async () => {
    const { book, pool, storage, again } = await open(named(ofEnvironment))
    await book.import(one)
    expect(await book.remove([idOf(ofEnvironment), idOf(one), 'nobody'])).toEqual({ matched: 2, changed: 2 })
    expect(keysOf(pool)).toEqual([])
    expect(book.export([idOf(one), idOf(ofEnvironment)])).toEqual([])
    book.refresh(named(ofEnvironment, two))
    expect(keysOf(pool)).toEqual([`${two} environment`])
    expect((await book.import(`${one}\n${ofEnvironment}`)).counts).toMatchObject({ 'deleted-before': 2, imported: 0 })
    await storage.close()

    const later = await again()
    expect(keysOf(later.pool)).toEqual([])
    const revived = await later.book.import(`${one}\n${ofEnvironment}`, { revive: true })
    expect(revived.counts).toMatchObject({ 'deleted-before': 2, imported: 2 })
    expect(keysOf(later.pool)).toEqual([`${ofEnvironment} environment`, `${one} database`])
    await later.close()
  })

  test('a key of the environment that is switched off stays off; one that nothing holds any more goes', async () => {
    const { book, pool, storage, again } = await open(named(ofEnvironment, two))
    expect(await book.change([idOf(ofEnvironment)], { enabled: false, note: 'too slow' })).toEqual({
      matched: 1,
      changed: 1,
    })
    expect(await book.change([idOf(ofEnvironment)], { enabled: false })).toEqual({ matched: 1, changed: 0 })
    expect(keysOf(pool)).toEqual([`${ofEnvironment} environment off`, `${two} environment`])
    await storage.close()

    const later = await again()
    expect(keysOf(later.pool)).toEqual([`${ofEnvironment} environment off`, `${two} environment`])
    later.book.refresh(named())
    expect(keysOf(later.pool)).toEqual([])
    later.book.refresh(named(ofEnvironment))
    expect(keysOf(later.pool)).toEqual([`${ofEnvironment} environment off`])
    await later.close()
  })

  test('an import keeps what only the environment names, as it is, and it stays when the environment names it no more', async () => {
    const settings = { ...named(one, two), VERTEX_API_KEYS: [three], PAID_KEY: ofEnvironment }
    const { book, pool, storage, again } = await open(settings)
    await book.change([idOf(two)], { enabled: false, tags: ['slow'] })
    const text = `API_KEYS=["${one}","${two}"]\nVERTEX_API_KEYS=${three}\nPAID_KEY=${ofEnvironment}\n`
    const { counts, rows, keyIds } = await book.import(text, { tags: ['of the import'] })
    expect([counts.known, counts.imported, keyIds.length]).toEqual([4, 4, 4])
    expect(rows.map(({ reason }) => reason)).toEqual(Array(4).fill(expect.stringContaining('now also kept')))
    expect((await book.import(text)).counts).toMatchObject({ known: 4, imported: 0 })
    expect(keysOf(pool)).toHaveLength(4)
    await storage.close()

    const later = await again(named())
    expect(keysOf(later.pool)).toEqual(
      [`${one} database`, `${two} database off`, `${three} database`, `${ofEnvironment} database`].toSorted(),
    )
    expect(later.book.records([one, two, three, ofEnvironment].map(idOf))).toEqual([
      expect.objectContaining({ kind: 'gemini', priority: 0, tags: [] }),
      expect.objectContaining({ kind: 'gemini', enabled: false, tags: ['slow'] }),
      expect.objectContaining({ kind: 'vertex-express', priority: 0, tags: [] }),
      expect.objectContaining({ kind: 'gemini', priority: 1, tags: [] }),
    ])
    await later.close()
  })

  test('what is said of many keys is changed at once, and only that', async () => {
    const { book, pool, storage } = await open()
    await book.import(`key,project,priority,tags,note\n${one},p,1,a;b,first\n${two},,2,,\n${three},,,,`)
    const ids = [one, two, three].map(idOf)
    expect(await book.change(ids, { project: 'q', tags: ['c'] })).toEqual({ matched: 3, changed: 3 })
    expect(book.records(ids)).toEqual([
      expect.objectContaining({ project: 'q', priority: 1, tags: ['c'], note: 'first' }),
      expect.objectContaining({ project: 'q', priority: 2, tags: ['c'], note: '' }),
      expect.objectContaining({ project: 'q', priority: 0, tags: ['c'], note: '' }),
    ])
    expect(await book.change(ids, { project: null })).toEqual({ matched: 3, changed: 3 })
    expect([...pool.keys()].map(({ entry }) => [entry.project, entry.priority])).toContainEqual([null, 2])
    await storage.close()
  })

  test('ten thousand pasted keys are planned and taken in, with every duplicate and refusal by its line', async () => {
    const { book, pool, storage } = await open()
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      if (index % 100 === 99) return `AQ.book-many-${index - 1}-0123456789`
      return index % 1000 === 500 ? 'no key at all' : `AQ.book-many-${index}-0123456789`
    })
    const plan = await book.plan(lines.join('\n'))
    expect(plan.counts).toEqual({
      total: 10_000,
      new: 9890,
      'duplicate-in-text': 100,
      known: 0,
      'deleted-before': 0,
      refused: 10,
      imported: 9890,
    })
    expect(plan.rows.filter(({ status }) => status === 'refused').map(({ line }) => line)).toEqual(
      Array.from({ length: 10 }, (_, index) => index * 1000 + 501),
    )
    const duplicates = plan.rows.filter(({ status }) => status === 'duplicate-in-text')
    expect(duplicates.map(({ line, reason }) => [line, reason])).toEqual(
      Array.from({ length: 100 }, (_, index) => [index * 100 + 100, `the same key as in line ${index * 100 + 99}`]),
    )
    const { keyIds, ...done } = await book.import(lines.join('\n'))
    expect(done).toEqual(plan)
    expect([...pool.keys()]).toHaveLength(9890)
    expect(await storage.loadKeys()).toHaveLength(9890)
    expect((await book.remove(keyIds)).changed).toBe(9890)
    expect([...pool.keys()]).toEqual([])
    await storage.close()
  }, 60_000)
})
