import sql, { join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { promptTag } from '../../registry/rules.ts'
import type { RegistrySearch } from '../../registry/store.ts'
import { isCondition } from '../../search/filter.ts'
import type { Condition, Filter } from '../../search/filter.ts'
import { compare } from './comparison.ts'
import type { Database } from './database.ts'
import { compileFilter } from './expression.ts'
import { behind, orderBy } from './keyset.ts'
import type { SortColumn } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'

/** How something of the registry is searched, with `registered_models m` in reach. */
export interface RegistryTable {
  /** Tells page tokens of different tables apart. */
  readonly noun: string
  /** What stands behind `from`, in the order of the walk. */
  readonly from: (search: RegistrySearch) => Sql
  /** Conditions that join what is there. */
  readonly joined: readonly Sql[]
  readonly id: Sql
  readonly attributes: Readonly<Record<string, Column>>
  readonly tags: { readonly table: string; readonly owner: string }
  /** The order where none is asked for. */
  readonly order: readonly Term[]
  /** What comes behind any order; no two rows are equal in all of it. */
  readonly tieBreak: readonly Term[]
}

interface Column {
  readonly expression: Sql
  readonly kind: SortColumn['kind']
  /** Whether it may be null, or '' for a value that was not given. */
  readonly mayMiss?: boolean
}

interface Term {
  readonly key: string
  readonly ascending: boolean
}

interface KeyPage {
  readonly keys: readonly number[]
  readonly token: string | null
}

/** The keys of one page, in order. What a row lacks comes last in both directions. */
export async function findPage(database: Database, table: RegistryTable, search: RegistrySearch): Promise<KeyPage> {
  const queryKey = queryKeyOf([table.noun, search.filter, search.orderBy])
  const position = search.pageToken === undefined ? null : decodePageToken(queryKey, search.pageToken)
  const columns = sortColumns(table, search.orderBy)
  const conditions = [
    ...table.joined,
    ...(await filterConditions(database, table, search.filter)),
    ...(position ? [behind(database.engine, columns, position)] : []),
  ]
  const found = await database.dynamic(sql`
    select ${join([table.id, ...columns.map((column) => column.expression)])} from ${table.from(search)}
    where ${conditions.length > 0 ? join(conditions, ' and ') : sql`1 = 1`}
    ${orderBy(columns)} limit ${search.maxResults + 1}`)
  const page = found.slice(0, search.maxResults)
  const last = page.at(-1)
  return {
    keys: page.map(([key]) => key as number),
    token: found.length > page.length && last ? encodePageToken(queryKey, last.slice(1)) : null,
  }
}

function sortColumns(table: RegistryTable, asked: readonly Term[]): SortColumn[] {
  const terms = [...(asked.length > 0 ? asked : table.order)]
  // Behind what is unique nothing matters.
  const missing = new Set(table.tieBreak.map(({ key }) => key))
  const end = terms.findIndex(({ key }) => missing.delete(key) && missing.size === 0)
  if (end >= 0) terms.splice(end + 1)
  else terms.push(...table.tieBreak.filter(({ key }) => missing.has(key)))
  return terms.flatMap(({ key, ascending }) => {
    const { expression, kind, mayMiss } = columnOf(table, key)
    if (!mayMiss) return [{ expression, ascending, kind }]
    const value = sql`nullif(${expression}, '')`
    return [
      { expression: sql`case when ${value} is null then 1 else 0 end`, ascending: true, kind: 'int64' },
      { expression: value, ascending, kind },
    ]
  })
}

function columnOf(table: RegistryTable, attribute: string): Column {
  const column = table.attributes[attribute]
  if (!column) throw new Error(`The search of ${table.noun} has no column for the attribute ${attribute}`)
  return column
}

/**
 * A filter as conditions. Prompts stay out unless it asks for them, as in MLflow
 * (`_update_query_to_exclude_prompts`): by its first condition on the tag that marks them. A condition under OR or NOT
 * does not ask.
 */
async function filterConditions(database: Database, table: RegistryTable, filter: Filter): Promise<Sql[]> {
  const mark = filter.filter(isCondition).find(isAboutPrompts)
  const withPrompts = mark !== undefined && asksForPrompts(mark)
  const asked = withPrompts
    ? filter
    : filter.filter((expression) => !isCondition(expression) || !isAboutPrompts(expression))
  const conditions = await compileFilter(asked, (condition) => toSql(database, table, condition))
  return withPrompts ? conditions : [sql`m.is_prompt = 0`, ...conditions]
}

function isAboutPrompts({ on, key }: Condition): boolean {
  return on === 'tag' && key === promptTag
}

/** All but what MLflow reads as "no prompts": its `= 'false'` finds what lacks the tag, too. */
function asksForPrompts({ comparator, value }: Condition): boolean {
  if (comparator === '=') return String(value).toLowerCase() === 'true'
  if (comparator === '!=') return String(value).toLowerCase() === 'false'
  return comparator !== 'LIKE' && comparator !== 'ILIKE'
}

async function toSql(database: Database, table: RegistryTable, condition: Condition): Promise<Sql> {
  const { engine } = database
  if (condition.on === 'attribute') {
    const { expression, mayMiss } = columnOf(table, condition.key)
    return compare(engine, mayMiss && condition.value === null ? sql`nullif(${expression}, '')` : expression, condition)
  }
  const owner = raw(`t.${table.tags.owner}`)
  const ofKey = sql`from ${raw(table.tags.table)} t where t.key = ${condition.key}`
  if (condition.comparator === '=') {
    // The indexes have the beginning of a value.
    const equal = sql`${ofKey} and substr(t.value, 1, 64) = substr(${condition.value}, 1, 64)
      and t.value = ${condition.value}`
    // Rows with a rare tag are found by the tag; with a frequent one the walk meets a page of them sooner.
    const [counted] = await database.dynamic(sql`select count(*) from (select 1 ${equal} limit ${frequent}) as counted`)
    if (Number(counted?.[0]) < frequent) return sql`${table.id} in (select ${owner} ${equal})`
  }
  const tag = sql`select 1 ${ofKey} and ${owner} = ${table.id}`
  if (condition.comparator === 'IS NULL') return sql`not exists (${tag})`
  if (condition.comparator === 'IS NOT NULL') return sql`exists (${tag})`
  return sql`exists (${tag} and ${compare(engine, sql`t.value`, condition)})`
}

/** How many rows have a tag that is no longer rare. */
const frequent = 500
