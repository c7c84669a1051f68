import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createNames } from './names.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'

describe.each(testEngines)('the names on $engine', ({ open }) => {
  let opened: TestDatabase
  beforeEach(() => {
    opened = open()
  })
  afterEach(() => opened.close())

  test('intern gives a name one id, whoever asks; find and json know it', async () => {
    const { database } = opened
    const [names, others] = [createNames(), createNames()]
    const id = await names.intern(database, 'ü "x"')
    expect(await names.intern(database, 'ü "x"')).toBe(id)
    expect(await others.intern(database, 'ü "x"')).toBe(id)
    expect(await names.intern(database, 'Ü "x"')).not.toBe(id)
    expect(await others.find(database, 'ü "x"')).toBe(id)
    expect(others.jsonInMemory(id)).toBeUndefined()
    expect(await others.json(database, id)).toBe('"ü \\"x\\""')
    expect(others.jsonInMemory(id)).toBe('"ü \\"x\\""')
  })

  test('find does not add, and does not remember that there was nothing', async () => {
    const { database } = opened
    const names = createNames()
    expect(await names.find(database, 'a')).toBeUndefined()
    const id = await createNames().intern(database, 'a')
    expect(await names.find(database, 'a')).toBe(id)
    await expect(names.json(database, 77)).rejects.toThrow('No name has the id 77')
  })

  test('a name whose transaction was rolled back is forgotten', async () => {
    const { database } = opened
    const names = createNames()
    await names.intern(database, 'kept')
    const rolledBack = database.transaction(async (inner) => {
      await names.intern(inner, 'lost')
      await names.intern(inner, 'kept')
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    expect(await names.find(database, 'lost')).toBeUndefined()
    const taken = await names.intern(database, 'takes the id')
    expect(await names.intern(database, 'lost')).not.toBe(taken)
    expect(await names.find(database, 'kept')).toBe(await createNames().find(database, 'kept'))
  })

  test('only the names of the part that was rolled back are forgotten', async () => {
    const { database } = opened
    const names = createNames()
    await database.transaction(async (outer) => {
      const before = await names.intern(outer, 'before')
      const failing = outer.transaction(async (inner) => {
        await names.intern(inner, 'lost')
        await inner.transaction((innermost) => names.intern(innermost, 'lost too'))
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await names.find(outer, 'lost')).toBeUndefined()
      expect(await names.find(outer, 'lost too')).toBeUndefined()
      expect(await names.intern(outer, 'before')).toBe(before)
      await names.intern(outer, 'after')
    })
    const fresh = createNames()
    for (const name of ['before', 'after']) {
      expect(await fresh.find(database, name)).toBe(await names.find(database, name))
    }
    expect(await fresh.find(database, 'lost')).toBeUndefined()
  })

  test('a part that was kept is forgotten when the whole is rolled back', async () => {
    const { database } = opened
    const names = createNames()
    const failing = database.transaction(async (outer) => {
      await outer.transaction((inner) => names.intern(inner, 'lost'))
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await names.find(database, 'lost')).toBeUndefined()
  })
})
