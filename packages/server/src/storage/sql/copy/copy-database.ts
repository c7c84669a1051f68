import { createHash } from 'node:crypto'

import sql, { raw } from 'sql-template-tag'

import { StartupError } from '../../../startup-error.ts'
import type { Database } from '../database.ts'
import { insertion } from '../insertion.ts'
import type { Columns, RowOf } from '../insertion.ts'
import { query } from '../query.ts'
import { beginCopy, endCopy, readCopyState, saveTableState } from './copy-state.ts'
import type { CopyOrigin, TableState } from './copy-state.ts'
import { replaceNuls } from './nul-characters.ts'
import { schemaTables } from './schema-tables.ts'
import type { SchemaTable } from './schema-tables.ts'
import { countRows, isText, keyOf, keyText, parseKey, tableRows } from './table-rows.ts'
import type { Row } from './table-rows.ts'

/** What is true only of the servers that run now. */
const momentary: readonly string[] = ['leases']

export interface CopyEnd {
  readonly database: Database
  /** As it may be shown: without the password. */
  readonly name: string
}

export interface CopyOptions {
  readonly from: CopyEnd
  readonly to: CopyEnd & {
    /** Whether a copy into it was begun and not finished. */
    readonly isBegun: boolean
    readonly takesNul: boolean
    /** Makes ids that the engine gives from now on larger than those that are there. */
    alignSerials(tables: readonly SchemaTable[]): Promise<void>
  }
  /** What stands for U+0000 where the target does not take it; undefined refuses it. */
  readonly replaceNul: string | undefined
  /** Throws away what an earlier copy has left in the target. */
  readonly restart: boolean
  /** Whether all values are read again from both, and compared, beside the counts. */
  readonly compare: boolean
  readonly onProgress: (progress: CopyProgress) => void
}

export interface CopyProgress {
  readonly step: 'copying' | 'comparing'
  readonly table: string
  readonly rows: number
  readonly total: number
}

export interface CopyResult {
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
  readonly rows: number
  /** How many of the rows an earlier start had copied. */
  readonly resumedAt: number
}

/** The tables that a copy takes along. */
export function copiedTables(): readonly SchemaTable[] {
  return schemaTables().filter(({ name }) => !momentary.includes(name))
}

/**
 * Copies every row between two databases of the same schema, and verifies what has arrived. The source is seen at one
 * moment. Started again after it was cut off it goes on where it was, provided that the source is the same: of the same
 * name, with as many rows in each table.
 * @throws StartupError where the target holds other rows or another copy, a text cannot be kept, or they differ at the
 *   end.
 */
export async function copyDatabase(options: CopyOptions): Promise<CopyResult> {
  return options.from.database.snapshot((source) => copyFrom(source, options))
}

async function copyFrom(source: Database, options: CopyOptions): Promise<CopyResult> {
  const { from, to, onProgress } = options
  const tables = copiedTables()
  const counts: Record<string, number> = {}
  for (const { name } of tables) counts[name] = await countRows(source, name)
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const states = await begin(options, tables, { source: from.name, counts })
  const resumedAt = [...states.values()].reduce((sum, state) => sum + state.rows, 0)

  let rows = resumedAt
  for (const table of tables) {
    const copied = copyTable(source, table, states.get(table.name), options)
    for await (const count of copied) onProgress({ step: 'copying', table: table.name, rows: (rows += count), total })
  }
  await verify(source, tables, counts, options)
  await to.alignSerials(tables)
  await endCopy(to.database)
  return { tables: tables.map(({ name }) => ({ table: name, rows: counts[name] ?? 0 })), rows: total, resumedAt }
}

/** @returns how far each table has been copied. */
async function begin(
  { to, restart }: CopyOptions,
  tables: readonly SchemaTable[],
  origin: CopyOrigin,
): Promise<ReadonlyMap<string, TableState>> {
  if (to.isBegun && !restart) {
    const state = await readCopyState(to.database)
    refuseOther(state.origin, origin, to.name)
    return state.tables
  }
  if (!to.isBegun) await refuseFilled(to, tables)
  await to.database.transaction(async (target) => {
    if (to.isBegun) await endCopy(target)
    // What the migrations themselves have written is in the source, too.
    for (const { name } of tables.toReversed()) await target.run(deletion(name), {})
    await beginCopy(target, origin)
  })
  return new Map()
}

const deletion = (table: string) => query<{}, unknown>(() => sql`delete from ${raw(table)}`)

function refuseOther(begun: CopyOrigin, now: CopyOrigin, target: string): void {
  const again = 'Start again from nothing with --restart, which throws away what was copied.'
  if (begun.source !== now.source) {
    throw new StartupError(`${target} holds an unfinished copy of ${begun.source}. Go on with that one. ${again}`)
  }
  const changed = Object.keys(now.counts).filter((table) => begun.counts[table] !== now.counts[table])
  if (changed.length === 0) return
  throw new StartupError(
    `${now.source} was changed since the copy into ${target} began (${changed.slice(0, 5).join(', ')}). ${again}`,
  )
}

async function refuseFilled({ database, name: target }: CopyEnd, tables: readonly SchemaTable[]): Promise<void> {
  for (const { name, isSeeded } of tables) {
    if (isSeeded) continue
    const rows = await database.dynamic(sql`select 1 from ${raw(name)} limit 1`)
    if (rows.length === 0) continue
    throw new StartupError(
      `${target} is not empty: ${name} has rows. It was left as it is. A copy goes into a database that no server ` +
        'has used: name another, or a file that does not exist.',
    )
  }
}

async function* copyTable(
  source: Database,
  table: SchemaTable,
  state: TableState | undefined,
  { to, replaceNul }: CopyOptions,
): AsyncGenerator<number> {
  const definition = insertion<Columns>(table.name, table.columns)
  const texts = Object.keys(table.columns).filter((column) => isText(table.columns[column] ?? 'key'))
  let count = state?.rows ?? 0
  const after = state && parseKey(table, state.after)
  for await (const batch of tableRows(source, table, after)) {
    const last = batch.at(-1) as Row
    const rows = to.takesNul ? batch : replaceNuls(table, texts, batch, replaceNul)
    count += rows.length
    const reached = { after: keyText(keyOf(table, last)), rows: count }
    await to.database.transaction(async (target) => {
      await target.insert(definition, rows as readonly RowOf<Columns>[])
      await saveTableState(target, table.name, reached)
    })
    yield rows.length
  }
}

async function verify(
  source: Database,
  tables: readonly SchemaTable[],
  counts: Readonly<Record<string, number>>,
  { from, to, compare, replaceNul, onProgress }: CopyOptions,
): Promise<void> {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  let done = 0
  for (const table of tables) {
    const { name } = table
    const found = await countRows(to.database, name)
    if (found !== counts[name]) throw differs(`${name} has ${found} rows there, ${counts[name]} here`)
    // A key that was changed stands elsewhere in the order.
    const isReordered =
      !to.takesNul && replaceNul !== undefined && table.key.some((column) => isText(table.columns[column] ?? 'key'))
    if (!compare || isReordered) continue
    const texts = Object.keys(table.columns).filter((column) => isText(table.columns[column] ?? 'key'))
    // Batches need not end at the same row in both: sums do not mind.
    const here = createDigest()
    const there = createDigest()
    for await (const batch of tableRows(source, table, undefined)) {
      here.add(to.takesNul ? batch : replaceNuls(table, texts, batch, replaceNul))
      onProgress({ step: 'comparing', table: name, rows: (done += batch.length), total })
    }
    for await (const batch of tableRows(to.database, table, undefined)) there.add(batch)
    if (here.value() !== there.value()) throw differs(`values of ${name} are not the same`)
  }

  function differs(how: string): StartupError {
    return new StartupError(
      `The copy differs from ${from.name}: ${how}. Do not use ${to.name}; start again from nothing with --restart.`,
    )
  }
}

/** A digest of rows, in their order. -0 counts as 0, which is what SQLite makes of it. */
function createDigest(): { add(rows: readonly Row[]): void; value(): string } {
  const hash = createHash('sha256')
  return {
    add(rows) {
      let text = ''
      for (const row of rows) {
        for (const value of Object.values(row)) {
          // Lengths keep values apart whatever they hold.
          const one = value instanceof Uint8Array ? Buffer.from(value).toString() : value === null ? '' : String(value)
          text += `${value === null ? '-' : one.length}:${one}`
        }
      }
      hash.update(text)
    },
    value: () => hash.digest('hex'),
  }
}
