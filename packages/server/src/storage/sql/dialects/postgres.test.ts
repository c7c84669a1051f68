import sql from 'sql-template-tag'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { invalidParameter } from '@trackway/api'
import { Client } from 'pg'

import { StartupError } from '../../../startup-error.ts'
import { eventsAfter, recordEvent } from '../events.ts'
import { insertion, insertOrKeep, insertOrReplace } from '../insertion.ts'
import { dropLease, holdLease } from '../leases.ts'
import { newestVersion } from '../migrate.ts'
import { createNames } from '../names.ts'
import { brief, query } from '../query.ts'
import { createModelVersionStore } from '../model-versions.ts'
import { createRegisteredModelStore } from '../registered-models.ts'
import { migratePostgres, openPostgres } from './postgres.ts'
import type { PostgresDatabase } from './postgres-database.ts'
import { sharedPostgresUrl } from '../test-postgres-setup.ts'

const columns = { id: 'key', n: 'int64', d: 'double', s: 'text' } as const
const add = insertion('t', columns)
const keep = insertOrKeep('t', columns)
const replace = insertOrReplace('t', columns, ['id'])
const rowsOf = query<Record<never, never>, { id: number; n: unknown; d: unknown; s: unknown }>(
  () => sql`select id, n, d, s from t order by id`,
)
const valueOf = query<{ id: number }, { n: number }>((p) => sql`select n from t where id = ${p.id}`)
const lockValue = query<{ id: number }, { n: number }>(
  (p, engine) => sql`select n from t where id = ${p.id} ${engine.lock('update')}`,
)
const setValue = query<{ id: number; n: number }, unknown>((p) => sql`update t set n = ${p.n} where id = ${p.id}`)
const fail = query<Record<never, never>, unknown>(() => sql`select 1 / (select count(*) from t where id = -1)`)
const row = (id: number, n: number | bigint = 0, d = 0, s = '') => ({ id, n, d, s })
const author = { user: 'ann', time: 1 }

let made = 0

/** An empty database of its own; its URL. */
async function makeUrl(): Promise<string> {
  const name = `postgres_test_${process.pid}_${++made}`
  await administrate(sharedPostgresUrl(), `create database ${name}`)
  const url = new URL(sharedPostgresUrl())
  url.pathname = name
  return url.href
}

async function administrate(url: string, statement: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

describe('a PostgreSQL database', () => {
  let [one, other]: PostgresDatabase[] = []
  let url: string

  beforeAll(async () => {
    url = await makeUrl()
    await migratePostgres(url)
    await administrate(url, 'create table t (id integer primary key, n bigint, d double precision, s text collate "C")')
    one = openPostgres({ url, poolSize: 6 }, () => {})
    other = openPostgres({ url, poolSize: 6 }, () => {})
  })
  afterAll(async () => {
    await Promise.all([one?.close(), other?.close()])
  })
  beforeEach(async () => void (await administrate(url, 'truncate t')))

  function servers(): readonly [PostgresDatabase, PostgresDatabase] {
    if (!one || !other) throw new Error('The database was not opened')
    return [one, other]
  }
  const stored = (database: PostgresDatabase) => database.all(rowsOf, {})

  test('integers come back exact, as numbers where they fit', async () => {
    const [database] = servers()
    const numbers = [0, -1, 2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]
    await database.insert(
      add,
      numbers.map((n, id) => row(id, n)),
    )
    expect((await stored(database)).map(({ n }) => n)).toEqual(numbers)
  })

  test('doubles come back exact, NaN behind all numbers, minus zero too', async () => {
    const [database] = servers()
    const numbers = [-Infinity, -1e308, -0, 5e-324, 0.1, 1.7976931348623157e308, Infinity, NaN]
    await database.insert(
      add,
      numbers.map((d, id) => row(id, 0, d)),
    )
    await database.insert(add, [row(99, 0, -0)])
    const found = (await stored(database)).map(({ d }) => d)
    expect(found).toEqual([...numbers, -0])
    const sorted = await database.dynamic(sql`select id from t where id < 90 order by d`)
    expect(sorted.map(([id]) => id)).toEqual(numbers.map((_, id) => id))
  })

  test('texts of all planes come back, by one row and by many, and sort by their bytes', async () => {
    const [database] = servers()
    const texts = ['', ' ', '"\\{},NULL', 'null', 'a\nb\t\r', 'Z', 'a', 'é', '\uffff', '𝒳', "'; drop table t; --"]
    await database.insert(
      add,
      texts.map((s, id) => row(id, 0, 0, s)),
    )
    for (const [id, s] of texts.entries()) await database.insert(add, [row(100 + id, 0, 0, s)])
    expect((await stored(database)).map(({ s }) => s)).toEqual([...texts, ...texts])
    const sorted = await database.dynamic(sql`select s from t where id < 100 order by s`)
    expect(sorted.map(([s]) => s)).toEqual(texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  })

  test('the character U+0000 is refused with a sentence, by one row, by many and in a search', async () => {
    const [database] = servers()
    const refused = { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('U+0000') }
    await expect(database.insert(add, [row(1, 0, 0, 'a\0')])).rejects.toMatchObject(refused)
    await expect(database.insert(add, [row(1), row(2, 0, 0, '\0')])).rejects.toMatchObject(refused)
    await expect(database.dynamic(sql`select 1 where ${'\0'} = 'a'`)).rejects.toMatchObject(refused)
    expect(await stored(database)).toEqual([])
  })

  test.each([
    ['a%', 'aB a\\b'],
    ['A%', 'AB'],
    ['a\\%', 'a\\b'],
    ['_B', 'aB AB'],
    ['É', ''],
  ])('like %j finds %s', async (pattern, expected) => {
    const [database] = servers()
    await database.insert(
      add,
      ['aB', 'AB', 'a\\b', 'é'].map((s, id) => row(id, 0, 0, s)),
    )
    const found = await database.dynamic(
      sql`select s from t where ${database.engine.like(sql`s`, pattern)} order by id`,
    )
    expect(found.flat().join(' ')).toBe(expected)
  })

  test('ilike folds ASCII letters only, and among takes numbers, texts and the empty list', async () => {
    const [database] = servers()
    const { engine } = database
    await database.insert(
      add,
      ['aB', 'é', '"{,}\\'].map((s, id) => row(id, 2 ** 40 + id, 0, s)),
    )
    const find = async (condition: ReturnType<typeof engine.like>) =>
      (await database.dynamic(sql`select id from t where ${condition} order by id`)).flat()
    expect(await find(engine.ilike(sql`s`, 'Ab'))).toEqual([0])
    expect(await find(engine.ilike(sql`s`, 'É'))).toEqual([])
    expect(await find(engine.among(sql`s`, ['é', '"{,}\\', 'x']))).toEqual([1, 2])
    expect(await find(engine.among(sql`n`, [2 ** 40, 2n ** 62n]))).toEqual([0])
    expect(await find(engine.among(sql`n`, []))).toEqual([])
  })

  test('brief reads that come together share a connection, others have one each', async () => {
    const [database] = servers()
    const pid = query<Record<never, never>, { pid: number }>(() => sql`select pg_backend_pid() as pid`)
    const count = async (definition: typeof pid) => {
      const found = await Promise.all([1, 2, 3].map(() => database.first(definition, {})))
      return new Set(found.map((one) => one?.pid)).size
    }
    expect(await count(brief(pid))).toBe(1)
    expect(await count(pid)).toBe(3)
  })

  test('a brief read that fails takes none down that came with it', async () => {
    const [database] = servers()
    await database.insert(add, [row(1, 7)])
    const read = async () => (await database.first(brief(valueOf), { id: 1 }))?.n
    const outcomes = await Promise.allSettled([read(), database.first(brief(fail), {}), read(), read()])
    expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      7,
      expect.stringContaining('division by zero'),
      7,
      7,
    ])
  })

  test('insertions keep or replace what is there; of one key given twice the later stays', async () => {
    const [database] = servers()
    await database.insert(add, [row(1, 1)])
    expect(await database.insert(keep, [row(1, 2), row(2, 2), row(2, 3)])).toBe(1)
    await database.transaction(async (inner) => {
      await inner.insert(replace, [row(1, 5), row(3, 1), row(1, 6), row(3, 2), row(1, 7)])
    }, 'replaces')
    expect((await stored(database)).map(({ id, n }) => [id, n])).toEqual([
      [1, 7],
      [2, 2],
      [3, 2],
    ])
    expect(await database.insert(add, [])).toBe(0)
    await expect(database.insert(add, [row(8), row(1)])).rejects.toThrow('met others')
    expect(await stored(database)).toHaveLength(3)
  })

  test('work beside work that fails after writing is stored, and the failing one leaves nothing', async () => {
    const [database] = servers()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, id) =>
        database.transaction(async (inner) => {
          await inner.insert(add, [row(id)])
          if (id % 10 === 3) throw invalidParameter(`not ${id}`)
          if (id % 10 === 7) await inner.run(fail, {})
          return id
        }, `scope ${id}`),
      ),
    )
    const expected = outcomes.flatMap((_, id) => (id % 10 === 3 || id % 10 === 7 ? [] : [id]))
    expect(outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))).toEqual(expected)
    expect((await stored(database)).map(({ id }) => id)).toEqual(expected)
    expect(outcomes[13]).toMatchObject({ reason: { message: 'not 13' } })
  })

  test('updates are never lost, of work without a scope nor of work with one that holds its row', async () => {
    const [database, second] = servers()
    await database.insert(add, [row(1), row(2)])
    const increment = (on: PostgresDatabase, id: number, scope?: string) =>
      on.transaction(async (inner) => {
        const before = (await inner.first(scope ? lockValue : valueOf, { id }))?.n ?? NaN
        await inner.run(setValue, { id, n: before + 1 })
      }, scope)
    await Promise.all(Array.from({ length: 50 }, () => [increment(database, 1), increment(second, 1)]).flat())
    await Promise.all(
      Array.from({ length: 50 }, () => [increment(database, 2, 'two'), increment(second, 2, 'two')]).flat(),
    )
    expect((await stored(database)).map(({ n }) => n)).toEqual([100, 100])
  })

  test('versions that two servers make at once are numbered from 1 on without a gap', async () => {
    const [database, second] = servers()
    await createRegisteredModelStore(database).create({ name: 'm', description: undefined, tags: [] }, author)
    const version = { name: 'm', source: 's3://b/m', runId: '', modelId: undefined, runLink: '' }
    const made = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        createModelVersionStore(index % 2 ? database : second).create(
          { ...version, description: undefined, tags: [] },
          author,
        ),
      ),
    )
    const numbers = made.map(({ version: number }) => Number(number)).toSorted((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
  })

  test('who polls for events behind the last one misses none that two servers add at once', async () => {
    const [database, second] = servers()
    const begin = Number((await eventsAfter(database, 0, 10_000)).at(-1)?.id ?? 0)
    const seen: number[] = []
    let isDone = false
    const polling = (async () => {
      let last = begin
      for (let rounds = isDone ? 1 : 0; !isDone || rounds++ < 1;) {
        for (const event of await eventsAfter(second, last, 1000)) {
          seen.push(Number(event.timestamp))
          last = Number(event.id)
        }
      }
    })()
    const writes: Promise<void>[] = []
    for (let index = 0; index < 300; index++) {
      const scope = index % 3 === 0 ? undefined : `scope ${index}`
      writes.push(
        (index % 2 ? database : second).transaction(
          (inner) => recordEvent(inner, 'experiment.created', { user: '', time: index }, {}),
          scope,
        ),
      )
      if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(writes)
    isDone = true
    await polling
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index))
  })

  test('names that two servers meet at once get one id each', async () => {
    const [database, second] = servers()
    const wanted = Array.from({ length: 100 }, (_, index) => `both ${index}`)
    const ids = await Promise.all([
      database.transaction((inner) => createNames().intern(inner, wanted), 'a'),
      second.transaction((inner) => createNames().intern(inner, wanted.toReversed()), 'b'),
    ])
    expect(ids[1].toReversed()).toEqual(ids[0])
  })

  test('a lease has one holder at a time, until it lets go or the time is over', async () => {
    const [database, second] = servers()
    const claim = (holder: string, duration = 60_000) => ({ name: 'sender', holder, duration })
    const taken = await Promise.all([holdLease(database, claim('a')), holdLease(second, claim('b'))])
    expect(taken.filter(Boolean)).toHaveLength(1)
    const [holder, waiting] = taken[0] ? ['a', 'b'] : ['b', 'a']
    expect(await holdLease(second, claim(holder, 20))).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await holdLease(database, claim(waiting))).toBe(true)
    await dropLease(database, 'sender', holder)
    expect(await holdLease(second, claim(holder))).toBe(false)
    await dropLease(database, 'sender', waiting)
    expect(await holdLease(second, claim(holder))).toBe(true)
  })
})

describe('migratePostgres()', () => {
  test('by servers that start together is done once', async () => {
    const url = await makeUrl()
    const done = await Promise.all([1, 2, 3].map(() => migratePostgres(url)))
    expect(done.map(({ from }) => from).toSorted((a, b) => a - b)).toEqual([0, newestVersion, newestVersion])
    expect(await administrate(url, 'select version from trackway_schema')).toEqual([{ version: newestVersion }])
  })

  test('refuses a database of a newer version and leaves it', async () => {
    const url = await makeUrl()
    await migratePostgres(url)
    await administrate(url, 'update trackway_schema set version = 1000')
    await expect(migratePostgres(url)).rejects.toThrow(StartupError)
    await expect(migratePostgres(url)).rejects.toThrow('schema version 1000')
    expect(await administrate(url, 'select version from trackway_schema')).toEqual([{ version: 1000 }])
  })

  test.each([
    ['create table shop (id int)', 'another program (shop'],
    ['create table alembic_version (v int); create table experiments (id int)', 'made by MLflow'],
  ])('after %s refuses the database and leaves it', async (statement, sentence) => {
    const url = await makeUrl()
    await administrate(url, statement)
    await expect(migratePostgres(url)).rejects.toThrow(StartupError)
    await expect(migratePostgres(url)).rejects.toThrow(sentence)
    expect(await administrate(url, "select 1 from pg_tables where tablename = 'trackway_schema'")).toEqual([])
  })

  test('tells of a wrong password, a wrong user and a database that is not there', async () => {
    const url = new URL(await makeUrl())
    const wrong = (change: (url: URL) => void): string => {
      const changed = new URL(url)
      change(changed)
      return changed.href
    }
    for (const bad of [
      wrong((at) => void (at.password = 'wrong')),
      wrong((at) => void (at.username = 'nobody')),
      wrong((at) => void (at.pathname = 'nothing_here')),
    ]) {
      await expect(migratePostgres(bad)).rejects.toThrow(StartupError)
      await expect(migratePostgres(bad)).rejects.toThrow('Check --backend-store-uri')
    }
  })

  test('encrypts as sslmode says, as libpq does, and tells of a server without TLS', async () => {
    const plain = await makeUrl()
    await expect(migratePostgres(`${plain}?sslmode=require`)).rejects.toThrow(StartupError)
    await expect(migratePostgres(`${plain}?sslmode=require`)).rejects.toThrow('Check sslmode')
    const admin = sharedPostgresUrl()
    // The server's own account makes the key, which nobody else may read, in its folder.
    await administrate(
      admin,
      `copy (select 1) to program 'umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -keyout server.key -out server.crt 2> /dev/null'`.replace('\\\n', ''),
    )
    await administrate(admin, 'alter system set ssl = on')
    await administrate(admin, 'select pg_reload_conf()')
    const isEncrypted = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'
    try {
      await expect.poll(() => migratePostgres(`${plain}?sslmode=require`)).toBeDefined()
      for (const [mode, ssl] of [
        ['require', 1],
        ['disable', 0],
      ] as const) {
        const database = openPostgres({ url: `${plain}?sslmode=${mode}`, poolSize: 3 }, () => {})
        expect(await database.dynamic(sql([isEncrypted]))).toEqual([[ssl]])
        await database.close()
      }
      await expect(migratePostgres(`${plain}?sslmode=verify-full`)).rejects.toThrow(StartupError)
      await expect(migratePostgres(`${plain}?sslmode=verify-full`)).rejects.toThrow(/self-signed certificate/)
    } finally {
      await administrate(admin, 'alter system reset ssl')
      await administrate(admin, 'select pg_reload_conf()')
    }
  })
})
