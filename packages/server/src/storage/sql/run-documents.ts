import { encode, encodeDouble } from '@trackway/api/codec'
import { runInfoSchema } from '@trackway/api'
import type { Int64 } from '@trackway/api'
import sql, { join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { RunDocument } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { together } from './database.ts'
import type { Names } from './names.ts'
import { insertion } from './insertion.ts'
import { brief, query } from './query.ts'
import { readInputs } from './run-inputs.ts'
import { runColumns, toRunInfo, unknownRun } from './run-rows.ts'
import type { RunRow } from './run-rows.ts'

/**
 * A run's wire JSON is its info and its document: `"data":{…},"inputs":{…},"outputs":{…}`. Runs that have ended keep
 * their document in `run_documents`, so that a page of runs is one row a run; for the others it is put together from
 * the values. A document holds nothing of the `runs` row, so status, name and lifecycle change without touching it.
 */

type Ids = { ids: readonly number[] }

const storedDocuments = query<Ids, { run_id: number; document: Uint8Array }>(
  (p, engine) => sql`select run_id, document from run_documents where ${engine.among(sql`run_id`, p.ids)}`,
  [],
  ['document'],
)

const kinds = ['metrics', 'params', 'tags'] as const
/** Stands for inputs and outputs, which few runs have and which are read by themselves. */
const inputKind = kinds.length

const wideNumbers = ['timestamp', 'step']
const copiedNumbers = ['value', 'timestamp', 'step']

/** All values of runs, and whether they have inputs and outputs: one statement, which sees them at one moment. */
const valuesOf = query<Ids, unknown>(
  (p, engine) => selectValues(engine.among(sql`run_id`, p.ids)),
  wideNumbers,
  copiedNumbers,
)

/** `valuesOf` for a run that is not settled; nothing for any other. */
const unsettledValues = brief(
  query<{ uuid: string }, unknown>(
    (p) => sql`with run as (select id from runs where uuid = ${p.uuid} and settled = 0)
      ${selectValues(sql`run_id = (select id from run)`)}`,
    wideNumbers,
    copiedNumbers,
  ),
)

const runWithDocument = brief(
  query<{ uuid: string }, RunRow & { readonly document: string | Uint8Array | null }>(
    (p) => sql`select ${raw(runColumns)},
      case settled when 1 then (select document from run_documents where run_id = runs.id) end as document
      from runs where uuid = ${p.uuid}`,
    ['start_time', 'end_time'],
    ['document'],
  ),
)

function selectValues(ofRuns: Sql): Sql {
  const texts = (kind: number, table: string) => sql`
      union all select ${raw(String(kind))}, run_id, name_id, value, null, null, null from ${raw(table)} where ${ofRuns}`
  const others = ['run_datasets', 'run_model_inputs', 'run_model_outputs'].map(
    (table) => sql`
      union all select ${raw(String(inputKind))}, run_id, 0, null, null, null, null from ${raw(table)} where ${ofRuns}`,
  )
  return sql`
      select 0 as kind, run_id, name_id, cast(null as text) as text, value, timestamp, step
      from latest_metrics where ${ofRuns} ${texts(1, 'params')} ${texts(2, 'tags')} ${join(others, ' ')}`
}

type ValueRow = [kind: number, run: number, name: number, text: string, value: unknown, timestamp: Int64, step: Int64]

const insertDocuments = insertion('run_documents', { run_id: 'key', document: 'document' })

const markSettled = query<Ids, unknown>(
  (p, engine) => sql`update runs set settled = 1 where ${engine.among(sql`id`, p.ids)}`,
)

// Who writes to a run holds its row: what is being written now is not settled now.
const endedUnsettled = query<{ limit: number }, { id: number }>(
  (p, engine) => sql`select id from runs
    where settled = 0 and status in ('FINISHED', 'FAILED', 'KILLED') limit ${p.limit} ${engine.lock('update or skip')}`,
)

const plainNumber = /^-?[\d.]+$/

/** A double as JSON. What came as plain digits is what JavaScript would write, too: both write the fewest that tell it. */
function doubleText(value: unknown): string {
  return typeof value === 'string' && value !== '-0' && plainNumber.test(value) ? value : encodeDouble(Number(value))
}

const withoutValues = '"data":{},"inputs":{},"outputs":{}'

/** A whole run as wire JSON. @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function readRun(database: Database, names: Names, uuid: string): Promise<RunDocument> {
  // They may see the store at different moments; what they see of values is of one.
  const [row, values] = await Promise.all([
    database.first(runWithDocument, { uuid }),
    database.scan(unsettledValues, { uuid }),
  ])
  if (!row) throw unknownRun(uuid)
  if (row.settled === 1 && row.document !== null) return joinRun(row, row.document)
  const documents = await toDocuments(database, names, [row.id], values as Iterable<ValueRow>)
  const document = documents.get(row.id)
  // Perhaps it was settled, or no longer, in between.
  if (document === undefined || document === withoutValues)
    return (await readRuns(database, names, [row]))[0] as RunDocument
  return joinRun(row, document)
}

/** Whole runs as wire JSON, in the order given. */
export async function readRuns(database: Database, names: Names, rows: readonly RunRow[]): Promise<RunDocument[]> {
  const documents = new Map<number, string | Uint8Array>()
  const settled = rows.filter((row) => row.settled === 1).map((row) => row.id)
  if (settled.length > 0) {
    for (const row of await database.all(storedDocuments, { ids: settled })) {
      documents.set(row.run_id, row.document)
    }
  }
  const others = rows.filter((row) => !documents.has(row.id)).map((row) => row.id)
  for (const [id, document] of await composeDocuments(database, names, others)) documents.set(id, document)
  return rows.map((row) => joinRun(row, documents.get(row.id) ?? ''))
}

function joinRun(row: RunRow, document: string | Uint8Array): RunDocument {
  const head = `{"info":${encode(runInfoSchema, toRunInfo(row))},`
  return typeof document === 'string' ? [`${head}${document}}`] : [head, document, '}']
}

interface Values {
  metrics: string
  params: string
  tags: string
}

async function composeDocuments(
  database: Database,
  names: Names,
  ids: readonly number[],
): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map()
  return toDocuments(database, names, ids, (await database.scan(valuesOf, { ids })) as Iterable<ValueRow>)
}

async function toDocuments(
  database: Database,
  names: Names,
  ids: readonly number[],
  rows: Iterable<ValueRow>,
): Promise<Map<number, string>> {
  const values = new Map<number, Values>(ids.map((id) => [id, { metrics: '', params: '', tags: '' }]))
  const withInputs = new Set<number>()
  for (const row of rows) {
    const [kind, id, nameId, text, value, timestamp, step] = row
    if (kind === inputKind) {
      withInputs.add(id)
      continue
    }
    const name = names.jsonInMemory(nameId) ?? (await names.json(database, nameId))
    const of = values.get(id) as Values
    const field = kinds[kind] as (typeof kinds)[number]
    const stored = kind === 0 ? `${doubleText(value)},"timestamp":${timestamp},"step":${step}` : JSON.stringify(text)
    of[field] += `${of[field] === '' ? '' : ','}{"key":${name},"value":${stored}}`
  }
  const inputs = withInputs.size > 0 ? await readInputs(database, [...withInputs]) : new Map<number, string>()
  return new Map(
    [...values].map(([id, of]) => {
      const data = Object.entries(of)
        .filter(([, list]) => list !== '')
        .map(([kind, list]) => `"${kind}":[${list}]`)
      return [id, `"data":{${data.join(',')}},${inputs.get(id) ?? '"inputs":{},"outputs":{}'}`]
    }),
  )
}

/**
 * Writes the documents of up to `limit` runs that have ended.
 * @returns how many it wrote; fewer than `limit` when none is left.
 */
export async function settleRuns(database: Database, names: Names, limit: number): Promise<number> {
  return database.transaction(async (inner) => {
    const ids = (await inner.all(endedUnsettled, { limit })).map((row) => row.id)
    if (ids.length === 0) return 0
    const documents = await composeDocuments(inner, names, ids)
    await together([
      inner.insert(
        insertDocuments,
        [...documents].map(([id, document]) => ({ run_id: id, document: Buffer.from(document) })),
      ),
      inner.run(markSettled, { ids }),
    ])
    return ids.length
  })
}
