import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import { insertOrKeep } from './insertion.ts'
import { query } from './query.ts'

const find = query<{ names: readonly string[] }, { id: number; name: string }>(
  (p, engine) => sql`select id, name from names where ${engine.among(sql`name`, p.names)}`,
)

// Another replica may add the name at the same time; its id is as good.
const insert = insertOrKeep('names', { name: 'text' })

const nameOf = query<{ id: number }, { name: string }>((p) => sql`select name from names where id = ${p.id}`)

/** The dictionary of metric, param and tag names, with the ones lately used kept in memory: a name never changes. */
export interface Names {
  /** The ids of names, in their order; those that are new are added. */
  intern(database: Database, names: readonly string[]): Promise<readonly number[]>
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

  async function learn(database: Database, unknown: readonly string[]): Promise<void> {
    for (const { id, name } of await database.all(find, { names: unknown })) {
      if (ids.size >= capacity) ids.clear()
      ids.set(name, id)
    }
  }

  const unknownOf = (wanted: Iterable<string>): string[] => [...new Set(wanted)].filter((name) => !ids.has(name))

  return {
    async intern(database, wanted) {
      const unknown = unknownOf(wanted)
      if (unknown.length > 0) await learn(database, unknown)
      const added = unknownOf(unknown)
      if (added.length > 0) {
        await database.insertApart(
          insert,
          // In one order, so that servers that add the same names wait for each other one way only.
          added.toSorted().map((name) => ({ name })),
        )
        await learn(database, added)
        database.onRollback(() => {
          for (const name of added) ids.delete(name)
        })
      }
      return wanted.map((name) => {
        const id = ids.get(name)
        if (id === undefined) throw new Error(`The name ${name} was not stored`)
        return id
      })
    },
    async find(database, name) {
      if (!ids.has(name)) await learn(database, [name])
      return ids.get(name)
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
