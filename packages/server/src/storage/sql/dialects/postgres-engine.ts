import sql, { join, raw } from 'sql-template-tag'

import { invalidParameter } from '@trackway/api'

import type { Engine } from '../engine.ts'
import type { ValueKind } from '../insertion.ts'

/** What PostgreSQL calls the kinds of values. */
export const postgresTypes: Readonly<Record<ValueKind, string>> = {
  key: 'integer',
  int64: 'bigint',
  double: 'double precision',
  text: 'text',
  document: 'text',
}

const locks = { share: 'for share', update: 'for no key update', 'update or skip': 'for no key update skip locked' }

/** How PostgreSQL spells what engines spell differently. */
export const postgresEngine: Engine = {
  // The list takes the type of the column.
  among: (column, list) => sql`${column} = any(${list})`,
  like: (column, pattern) => sql`${column} like ${escaped(pattern)}`,
  // Texts are in the collation "C", where lower() folds ASCII letters only, as SQLite's does.
  ilike: (column, pattern) => sql`lower(${column} collate "C") like lower(${escaped(pattern)} collate "C")`,
  jsonText: (column, field) => sql`(cast(${column} as jsonb) ->> ${field})`,
  isNumber: (column) => sql`${column} <> double precision 'NaN'`,
  typed: (kind, value) => sql`cast(${value} as ${raw(postgresTypes[kind])})`,
  now: sql`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  lock: (mode) => raw(locks[mode]),
  // What must be looked up for each row by itself cannot become a walk over the whole table.
  leftJoin: (table, alias, on) => sql`left join lateral (
    select * from ${raw(table)} ${raw(alias)} where ${on} offset 0) ${raw(alias)} on true`,
  // PostgreSQL 15 reads all rows of all selects, unless each has an order and an end of its own.
  merge: (selects, order, limit) => {
    const end = sql`${order} limit ${limit}`
    if (selects.length === 1) return sql`${join(selects)} ${end}`
    return sql`${join(
      selects.map((select) => sql`(${select} ${end})`),
      ' union all ',
    )} ${end}`
  },
  newKeys: (table, count) => sql`select cast(nextval(pg_get_serial_sequence('${raw(table)}', 'id')) as integer) as id
    from generate_series(1, ${raw(String(count))})`,
  bindable(value) {
    if (typeof value === 'string') return storable(value)
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : value
    if (typeof value === 'bigint') return String(value)
    if (Array.isArray(value)) return arrayText(value)
    return value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()
      : value
  },
}

/** A pattern in which a backslash stands for itself, as in SQLite. */
function escaped(pattern: string): string {
  return pattern.replaceAll('\\', '\\\\')
}

/** A list as PostgreSQL reads it. */
export function arrayText(list: readonly unknown[]): string {
  return `{${list.map(elementText).join()}}`
}

function elementText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  const text = String(postgresEngine.bindable(value))
  return typeof value === 'number' || typeof value === 'bigint' ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

function storable(text: string): string {
  if (!text.includes('\0')) return text
  throw invalidParameter('A text holds the character U+0000, which PostgreSQL does not store. Leave it out.')
}
