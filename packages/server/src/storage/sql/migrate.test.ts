import { describe, expect, test } from 'vitest'

import { StartupError } from '../../startup-error.ts'
import { sqliteColumnKinds } from './dialects/sqlite.ts'
import { migrationsFrom, newestVersion } from './migrate.ts'

describe('migrationsFrom', () => {
  test('gives all statements to a new database, and none to one that is up to date', () => {
    expect(migrationsFrom(0, sqliteColumnKinds)).toContainEqual(expect.stringContaining('CREATE TABLE runs'))
    expect(migrationsFrom(newestVersion, sqliteColumnKinds)).toEqual([])
  })

  test('gives the last ones to an older database', () => {
    const all = migrationsFrom(0, sqliteColumnKinds)
    for (let version = 1; version < newestVersion; version++) {
      const later = migrationsFrom(version, sqliteColumnKinds)
      expect(later.length).toBeGreaterThan(0)
      expect(all.slice(-later.length)).toEqual(later)
    }
  })

  test('refuses a database of a newer version', () => {
    expect(() => migrationsFrom(newestVersion + 1, sqliteColumnKinds)).toThrow(StartupError)
    expect(() => migrationsFrom(newestVersion + 1, sqliteColumnKinds)).toThrow(
      `The database has schema version ${newestVersion + 1}, this program knows versions up to ${newestVersion}`,
    )
  })
})
