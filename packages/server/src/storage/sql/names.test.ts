import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Database } from './database.ts'
import { createNames } from './names.ts'
import type { Names } from './names.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'

describe.each(testEngines)('the names on $engine', ({ open }) => {
  let opened: TestDatabase
  beforeEach(async () => {
    opened = await open()
  })
  afterEach(() => opened.close())

  test('intern gives a name one id, whoever asks; find and json know it', async () => {
    const { database } = opened
    const [names, others] = [createNames(), createNames()]
    const id = await intern(names, database, 'ü "x"')
    expect(await intern(names, database, 'ü "x"')).toBe(id)
    expect(await intern(others, database, 'ü "x"')).toBe(id)
    expect(await intern(names, database, 'Ü "x"')).not.toBe(id)
    expect(await others.find(database, 'ü "x"')).toBe(id)
    expect(others.jsonInMemory(id)).toBeUndefined()
    expect(await others.json(database, id)).toBe('"ü \\"x\\""')
    expect(others.jsonInMemory(id)).toBe('"ü \\"x\\""')
  })

  test('intern gives the ids of many names in their order, also where one comes twice', async () => {
    const { database } = opened
    const names = createNames()
    const b = await intern(names, database, 'b')
    const [a, again, c, twice] = await names.intern(database, ['a', 'b', 'c', 'a'])
    expect([again, twice]).toEqual([b, a])
    expect(new Set([a, b, c]).size).toBe(3)
    expect(await createNames().intern(database, ['c', 'a'])).toEqual([c, a])
    expect(await names.intern(database, [])).toEqual([])
  })

  test('intern by two servers at once gives a name one id', async () => {
    const { database } = opened
    const wanted = Array.from({ length: 50 }, (_, index) => `name ${index}`)
    const [one, other] = await Promise.all([
      createNames().intern(database, wanted),
      createNames().intern(database, wanted.toReversed()),
    ])
    expect(other.toReversed()).toEqual(one)
    expect(new Set(one).size).toBe(50)
  })

  test('find does not add, and does not remember that there was nothing', async () => {
    const { database } = opened
    const names = createNames()
    expect(await names.find(database, 'a')).toBeUndefined()
    const id = await intern(createNames(), database, 'a')
    expect(await names.find(database, 'a')).toBe(id)
    await expect(names.json(database, 77)).rejects.toThrow('No name has the id 77')
  })

  // An engine may keep the name (`insertApart`): what counts is that nobody knows another id than the store.
  test('a name whose transaction was rolled back has the id that the store says', async () => {
    const { database } = opened
    const names = createNames()
    await intern(names, database, 'kept')
    const rolledBack = database.transaction(async (inner) => {
      await intern(names, inner, 'lost')
      await intern(names, inner, 'kept')
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    expect(await names.find(database, 'lost')).toBe(await createNames().find(database, 'lost'))
    const taken = await intern(names, database, 'takes the id')
    expect(await intern(names, database, 'lost')).not.toBe(taken)
    for (const name of ['kept', 'lost']) {
      expect(await names.find(database, name)).toBe(await createNames().find(database, name))
    }
  })

  test('a part that was kept is as the store says when the whole is rolled back', async () => {
    const { database } = opened
    const names = createNames()
    const failing = database.transaction(async (outer) => {
      await outer.transaction((inner) => intern(names, inner, 'lost'))
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await names.find(database, 'lost')).toBe(await createNames().find(database, 'lost'))
  })
})

async function intern(names: Names, database: Database, name: string): Promise<number> {
  const [id] = await names.intern(database, [name])
  if (id === undefined) throw new Error('The name has no id')
  return id
}
