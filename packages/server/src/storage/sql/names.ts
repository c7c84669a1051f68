import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import { query } from './query.ts'

const find = query<{ name: string }, { id: number }>((p) => sql`select id from names where name = ${p.name}`)

const insert = query<{ name: string }, { id: number }>(
  // Another replica may add the name at the same time; its id is as good.
  (p) => sql`insert into names (name) values (${p.name})
    on conflict (name) do update set name = excluded.name returning id`,
)

const nameOf = query<{ id: number }, { name: string }>((p) => sql`select name from names where id = ${p.id}`)

/** The dictionary of metric, param and tag names, with the ones lately used kept in memory: a name never changes. */
export interface Names {
  /** The id of a name, which is added if it is new. */
  intern(database: Database, name: string): Promise<number>
  /** The id of a name, or undefined where nothing bears it. */
  find(database: Database, name: string): Promise<number | undefined>
  /** The name as JSON text, quotes included. */
  json(database: Database, id: number): Promise<string>
  /** `json` for a name that is in memory, else undefined. */
  jsonInMemory(id: number): string | undefined
}

/** Enough for any real project; when full, all is forgotten and read again. */
const capacity = 100_000

export function createNames(): Names {
  const ids = new Map<string, number>()
  const texts = new Map<number, string>()

  function remember(name: string, id: number): number {
    if (ids.size >= capacity) ids.clear()
    ids.set(name, id)
    return id
  }

  return {
    async intern(database, name) {
      const known = ids.get(name)
      if (known !== undefined) return known
      const row = await database.first(find, { name })
      if (row) return remember(name, row.id)
      const added = await database.first(insert, { name })
      if (!added) throw new Error(`The name ${name} was not stored`)
      database.onRollback(() => ids.delete(name))
      return remember(name, added.id)
    },
    async find(database, name) {
      const known = ids.get(name)
      if (known !== undefined) return known
      const row = await database.first(find, { name })
      return row && remember(name, row.id)
    },
    async json(database, id) {
      const known = texts.get(id)
      if (known !== undefined) return known
      const row = await database.first(nameOf, { id })
      if (!row) throw new Error(`No name has the id ${id}`)
      if (texts.size >= capacity) texts.clear()
      const text = JSON.stringify(row.name)
      texts.set(id, text)
      return text
    },
    jsonInMemory: (id) => texts.get(id),
  }
}
