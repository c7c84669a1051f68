import SqliteConnection from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { StartupError } from '../../startup-error.ts'
import { sqliteColumnKinds } from './dialects/sqlite.ts'
import { migrate } from './migrate.ts'
import type { MigrationTarget } from './migrate.ts'

describe('migrate', () => {
  let connection: SqliteConnection.Database
  let target: MigrationTarget

  beforeEach(() => {
    connection = new SqliteConnection(':memory:')
    target = {
      kinds: sqliteColumnKinds,
      version: () => connection.pragma('user_version', { simple: true }) as number,
      setVersion: (version) => connection.pragma(`user_version = ${version}`),
      execute: (statement) => connection.exec(statement),
    }
  })
  afterEach(() => connection.close())

  const schema = () => connection.prepare('select name, sql from sqlite_master order by name').all()

  test('makes all tables of a new database and counts the migrations', () => {
    migrate(target)
    expect(target.version()).toBeGreaterThan(0)
    expect(schema()).toContainEqual({ name: 'runs', sql: expect.stringContaining('CREATE TABLE runs') })
  })

  test('changes nothing where all have run', () => {
    migrate(target)
    const [before, version] = [schema(), target.version()]
    connection.exec("insert into names (name) values ('kept')")
    migrate(target)
    expect([schema(), target.version()]).toEqual([before, version])
    expect(connection.prepare('select name from names').pluck().all()).toEqual(['kept'])
  })

  test('refuses a database of a newer version, and touches nothing', () => {
    migrate(target)
    const newer = target.version() + 1
    target.setVersion(newer)
    const before = schema()
    expect(() => migrate(target)).toThrow(StartupError)
    expect(() => migrate(target)).toThrow(`The database has schema version ${newer}, this program knows versions up to`)
    expect([schema(), target.version()]).toEqual([before, newer])
  })
})
