import sql, { empty, join, raw } from 'sql-template-tag'

import type { Engine } from '../engine.ts'

/** How SQLite spells what engines spell differently. */
export const sqliteEngine: Engine = {
  among: (column, list) => sql`${column} IN (SELECT value FROM json_each(${list}))`,
  // SQLite's LIKE ignores the case of ASCII letters; its GLOB minds it.
  like: (column, pattern) => {
    // What most people ask for, in half the time.
    const part = /^%([^%_]+)%$/.exec(pattern)?.[1]
    return part === undefined ? sql`${column} GLOB ${toGlob(pattern)}` : sql`instr(${column}, ${part}) > 0`
  },
  ilike: (column, pattern) => sql`lower(${column}) LIKE lower(${pattern})`,
  jsonText: (column, field) => sql`${column} ->> ${field}`,
  isNumber: (column) => sql`typeof(${column}) <> 'text'`,
  typed: (_kind, value) => sql`${value}`,
  now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
  // There is one writer.
  lock: () => empty,
  leftJoin: (table, alias, on) => sql`left join ${raw(table)} ${raw(alias)} on ${on}`,
  merge: (selects, order, limit) => sql`${join(selects, ' union all ')} ${order} limit ${limit}`,
  newKeys: (table) => sql`select coalesce(max(id), 0) + 1 as id from ${raw(table)}`,
  // SQLite has no NaN: as text it goes into a REAL column unchanged and sorts behind every number.
  bindable: (value) => {
    if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : value
    return Array.isArray(value) ? JSON.stringify(value) : value
  },
}

/** A LIKE pattern as a GLOB pattern. */
function toGlob(pattern: string): string {
  return pattern.replace(/[%_*?[]/g, (char) => (char === '%' ? '*' : char === '_' ? '?' : `[${char}]`))
}
