import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import SqliteConnection from 'better-sqlite3'
import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { StartupError } from '../../../startup-error.ts'
import { createNames } from '../names.ts'
import { query } from '../query.ts'
import { openSqliteReader, openSqliteWriter } from './sqlite.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

const createTable = query<Record<never, never>, unknown>(() => sql`create table t (n integer, d real, s text)`)
const insertRow = query<{ n: unknown; d: unknown; s: unknown }, unknown>(
  (p) => sql`insert into t values (${p.n}, ${p.d}, ${p.s})`,
)
const allRows = query<Record<never, never>, Record<string, unknown>>(
  () => sql`select n, d, s from t order by rowid`,
  ['n'],
)
const constant = query<{ a: number }, { a: number; b: string }>((p) => sql`select ${p.a} as a, ${'fixed'} as b`)

describe('a SQLite database', () => {
  let folder: string
  let file: string
  let open: SqliteDatabase[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-'))
    file = join(folder, 'deep', 'er', 'trackway.db')
    open = []
  })
  afterEach(() => {
    for (const database of open) database.close()
    rmSync(folder, { recursive: true })
  })

  function writer(): SqliteDatabase {
    const database = openSqliteWriter(file)
    open.push(database)
    return database
  }

  function reader(): SqliteDatabase {
    const database = openSqliteReader(file)
    open.push(database)
    return database
  }

  async function withTable(): Promise<SqliteDatabase> {
    const database = writer()
    await database.run(createTable, {})
    return database
  }

  const add = (database: Pick<SqliteDatabase, 'run'>, n: unknown, d: unknown = 0, s: unknown = '') =>
    database.run(insertRow, { n, d, s })
  const numbers = async (database: SqliteDatabase) => (await database.all(allRows, {})).map((row) => row['n'])

  test('snapshot() shows one moment, also where snapshots overlap, and lets go of it at the end', async () => {
    const database = await withTable()
    const reading = reader()
    await add(database, 1)
    const overlapping: Promise<unknown>[] = []
    await reading.snapshot(async () => {
      expect(await numbers(reading)).toEqual([1])
      await add(database, 2)
      overlapping.push(reading.snapshot(() => numbers(reading)))
      expect(await numbers(reading)).toEqual([1])
    })
    expect(await Promise.all(overlapping)).toEqual([[1]])
    expect(await numbers(reading)).toEqual([1, 2])
    await expect(reading.snapshot(() => Promise.reject(new Error('gone wrong')))).rejects.toThrow('gone wrong')
    expect(reading.inTransaction).toBe(false)
  })

  describe('transaction', () => {
    test('keeps all of its work or nothing of it', async () => {
      const database = await withTable()
      await expect(
        database.transaction(async (inner) => {
          await add(inner, 1)
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await numbers(database)).toEqual([])
      expect(await database.transaction((inner) => add(inner, 2))).toBe(1)
      expect(await numbers(database)).toEqual([2])
      expect(database.inTransaction).toBe(false)
    })

    test('inside another takes back its own work only, at any depth', async () => {
      const database = await withTable()
      await database.transaction(async () => {
        await database.transaction((inner) => add(inner, 1))
        const failing = database.transaction(async (inner) => {
          await add(inner, 2)
          await inner.transaction((innermost) => add(innermost, 3))
          throw new Error('no')
        })
        await expect(failing).rejects.toThrow('no')
        await database.transaction(async (inner) => {
          await add(inner, 4)
          await expect(
            inner.transaction(async (innermost) => {
              await add(innermost, 5)
              throw new Error('no')
            }),
          ).rejects.toThrow('no')
        })
      })
      expect(await numbers(database)).toEqual([1, 4])
    })

    test('that fails calls the undos of its own work, the latest first, and each once', async () => {
      const database = await withTable()
      const undone: string[] = []
      const undo = (name: string) => database.onRollback(() => undone.push(name))
      const failing = database.transaction(async (outer) => {
        undo('a')
        await outer.transaction(async () => undo('b'))
        await expect(
          outer.transaction(async () => {
            undo('c')
            undo('d')
            throw new Error('no')
          }),
        ).rejects.toThrow('no')
        expect(undone).toEqual(['d', 'c'])
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(undone).toEqual(['d', 'c', 'b', 'a'])
      await database.transaction(async () => undo('kept'))
      await expect(database.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      expect(undone).toHaveLength(4)
    })

    test('is seen by readers when it is done, whole', async () => {
      const database = await withTable()
      const other = reader()
      await database.transaction(async (inner) => {
        await add(inner, 1)
        expect(await numbers(other)).toEqual([])
        await add(inner, 2)
      })
      expect(await numbers(other)).toEqual([1, 2])
    })
  })

  describe('values', () => {
    test('integers come back exact, as numbers where they fit', async () => {
      const database = await withTable()
      const given = [0, -5, 2 ** 53 - 1, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), null]
      for (const n of given) await database.run(insertRow, { n, d: 0.5, s: '' })
      expect(await numbers(database)).toEqual(given)
      expect((await database.rows(allRows, {})).map(([n]) => n)).toEqual(given)
      expect((await database.dynamic(sql`select n, d from t`)).map(([n]) => n)).toEqual(given)
      for (const n of given.slice(0, -1)) {
        expect(await database.dynamic(sql`select d, n from t where n = ${n}`)).toEqual([[0.5, n]])
      }
      const largest = query<Record<never, never>, { n: unknown }>(() => sql`select max(n) as n from t`, ['n'])
      expect(await database.first(largest, {})).toEqual({ n: 2n ** 63n - 1n })
    })

    test('doubles keep infinities and order NaN behind all numbers', async () => {
      const database = await withTable()
      for (const d of [NaN, Infinity, -Infinity, 1e300, 5e-324]) await add(database, 1, d)
      const isNumber = (column: Sql) => database.engine.isNumber(column)
      const sorted = await database.dynamic(sql`select d, ${isNumber(sql`d`)} from t order by d`)
      expect(sorted).toEqual([
        [-Infinity, 1],
        [5e-324, 1],
        [1e300, 1],
        [Infinity, 1],
        ['NaN', 0],
      ])
      expect(await database.dynamic(sql`select count(*) from t where d > ${1e300} and ${isNumber(sql`d`)}`)).toEqual([
        [1],
      ])
    })

    test('texts keep quotes, line breaks and characters outside the basic plane', async () => {
      const database = await withTable()
      const texts = ["'; drop table t; --", '"\\\n\r\t', '𝒳é\u2028', '']
      for (const s of texts) await add(database, 1, 0, s)
      expect((await database.all(allRows, {})).map((row) => row['s'])).toEqual(texts)
    })

    test('constants of a query stand beside its parameters', async () => {
      const database = writer()
      expect(await database.first(constant, { a: 1 })).toEqual({ a: 1, b: 'fixed' })
      expect(await database.first(constant, { a: 2 })).toEqual({ a: 2, b: 'fixed' })
    })
  })

  test.each([
    ['a_c', 'abc', true],
    ['a_c', 'aBc', true],
    ['a_c', 'Abc', false],
    ['a_c', 'a𝒳c', true],
    ['a_c', 'ac', false],
    ['%', '', true],
    ['%b%', 'abc', true],
    ['%B%', 'abc', false],
    ['%é%', 'café!', true],
    ['a%', 'b', false],
    ['a*', 'abc', false],
    ['a*', 'a*', true],
    ['a?', 'ab', false],
    ['[a]', 'a', false],
    ['[a]', '[a]', true],
    ['%[^x]', '[^x]', true],
    ['%]', 'x]', true],
    ['a\\%', 'a\\b', true],
    ['a-b', 'a-b', true],
  ])('like: the pattern %s and %s', async (pattern, text, expected) => {
    const { engine, ...database } = writer()
    expect(await database.dynamic(sql`select ${engine.like(sql`${text}`, pattern)}`)).toEqual([[Number(expected)]])
    const folded = await database.dynamic(sql`select ${engine.ilike(sql`${text.toUpperCase()}`, pattern)}`)
    if (expected && /^[\x20-\x7e]*$/.test(text)) expect(folded).toEqual([[1]])
  })

  test('among takes lists of texts and of numbers, and the empty list', async () => {
    const { engine, ...database } = writer()
    const among = (value: unknown, list: unknown[]) =>
      database.dynamic(sql`select ${engine.among(sql`${value}`, list)}`)
    expect(await among('a"b', ['x', 'a"b'])).toEqual([[1]])
    expect(await among(3, [1, 2, 3])).toEqual([[1]])
    expect(await among(3, [])).toEqual([[0]])
  })

  describe('the file', () => {
    test('is made with its folder, and opened again with what it holds', async () => {
      const first = await withTable()
      await add(first, 7)
      first.close()
      expect(await numbers(writer())).toEqual([7])
      open.shift()
    })

    test('has one writer, which may be followed by another', () => {
      const first = writer()
      expect(() => openSqliteWriter(file)).toThrow(StartupError)
      expect(() => openSqliteWriter(file)).toThrow(/Another Trackway server uses the database .*trackway\.db/)
      first.close()
      open.pop()
      writer()
    })

    test('a reader cannot write, and needs a file', async () => {
      expect(() => openSqliteReader(file)).toThrow('does not exist')
      await withTable()
      await expect(add(reader(), 1)).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
    })

    test('a commit is on disk before it is acknowledged', async () => {
      const database = writer()
      expect(await database.dynamic(sql`select * from pragma_journal_mode`)).toEqual([['wal']])
      expect(await database.dynamic(sql`select * from pragma_synchronous`)).toEqual([[2]])
    })

    test('that is no database is refused and left as it is', () => {
      mkdirSync(join(folder, 'deep', 'er'), { recursive: true })
      writeFileSync(file, 'no database at all, '.repeat(100))
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(() => openSqliteWriter(file)).toThrow(`Cannot open the database ${file}: it is not a SQLite database.`)
      }
    })

    test('of another program is refused and left as it is', () => {
      mkdirSync(join(folder, 'deep', 'er'), { recursive: true })
      const other = new SqliteConnection(file)
      other.exec('create table theirs (x)')
      expect(() => openSqliteWriter(file)).toThrow('holds tables of another program')
      other.exec('create table alembic_version (x); create table experiments (x)')
      expect(() => openSqliteWriter(file)).toThrow('was made by MLflow')
      expect(other.prepare('select count(*) from sqlite_master').pluck().get()).toBe(3)
      expect(other.pragma('journal_mode', { simple: true })).toBe('delete')
      other.close()
    })

    test('of a newer version is refused, and opens again where the version is put back', async () => {
      writer().close()
      open.pop()
      const raw = new SqliteConnection(file)
      const version = raw.pragma('user_version', { simple: true }) as number
      raw.pragma(`user_version = ${version + 1}`)
      expect(() => openSqliteWriter(file)).toThrow(StartupError)
      raw.pragma(`user_version = ${version}`)
      raw.close()
      writer()
    })

    test('in a folder that cannot be made is refused with the reason', () => {
      writeFileSync(join(folder, 'deep'), '')
      expect(() => openSqliteWriter(file)).toThrow(/^Cannot open the database .*: /)
      expect(existsSync(file)).toBe(false)
    })
  })

  test('a nested transaction that fails is undone by itself, and names that it added are forgotten', async () => {
    const database = writer()
    const names = createNames()
    await database.transaction(async (outer) => {
      const before = await names.intern(outer, ['before'])
      const failing = outer.transaction(async (inner) => {
        await names.intern(inner, ['lost'])
        await inner.transaction((innermost) => names.intern(innermost, ['lost too']))
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await names.find(outer, 'lost')).toBeUndefined()
      expect(await names.find(outer, 'lost too')).toBeUndefined()
      expect(await names.intern(outer, ['before'])).toEqual(before)
      await names.intern(outer, ['after'])
    })
    const fresh = createNames()
    for (const name of ['before', 'after']) {
      expect(await fresh.find(database, name)).toBe(await names.find(database, name))
    }
    expect(await fresh.find(database, 'lost')).toBeUndefined()
  })

  test('a failing statement rejects, and the next ones work', async () => {
    const database = await withTable()
    await expect(database.dynamic(sql`select * from missing_table`)).rejects.toThrow('no such table')
    await expect(database.dynamic(sql`select ${2n ** 64n}`)).rejects.toBeInstanceOf(Error)
    expect(await database.dynamic(sql`select ${1}`)).toEqual([[1]])
  })
})
