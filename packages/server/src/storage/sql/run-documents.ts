import { encode, encodeDouble } from '@trackway/api/codec'
import { runInfoSchema } from '@trackway/api'
import type { Int64 } from '@trackway/api'
import sql from 'sql-template-tag'

import type { RunDocument } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import type { Names } from './names.ts'
import { query } from './query.ts'
import { readInputs } from './run-inputs.ts'
import { toRunInfo } from './run-rows.ts'
import type { RunRow } from './run-rows.ts'

/**
 * A run's wire JSON is its info and its document: `"data":{…},"inputs":{…},"outputs":{…}`. Runs that have ended keep
 * their document in `run_documents`, so that a page of runs is one row a run; for the others it is put together from
 * the values. A document holds nothing of the `runs` row, so status, name and lifecycle change without touching it.
 */

type Ids = { ids: string }

const storedDocuments = query<Ids, { run_id: number; document: Uint8Array }>(
  (p, engine) => sql`select run_id, document from run_documents where ${engine.among(sql`run_id`, p.ids)}`,
)

const metricsOf = query<Ids, unknown>(
  (p, engine) => sql`select run_id, name_id, value, timestamp, step from latest_metrics
    where ${engine.among(sql`run_id`, p.ids)}`,
  ['timestamp', 'step'],
)

const paramsOf = query<Ids, unknown>(
  (p, engine) => sql`select run_id, name_id, value from params where ${engine.among(sql`run_id`, p.ids)}`,
)

const tagsOf = query<Ids, unknown>(
  (p, engine) => sql`select run_id, name_id, value from tags where ${engine.among(sql`run_id`, p.ids)}`,
)

const insertDocument = query<{ id: number; document: Uint8Array }, unknown>(
  (p) => sql`insert into run_documents (run_id, document) values (${p.id}, ${p.document})`,
)

const markSettled = query<{ id: number }, unknown>((p) => sql`update runs set settled = 1 where id = ${p.id}`)

const endedUnsettled = query<{ limit: number }, { id: number }>(
  (p) => sql`select id from runs
    where settled = 0 and status in ('FINISHED', 'FAILED', 'KILLED') limit ${p.limit}`,
)

/** Whole runs as wire JSON, in the order given. */
export async function readRuns(database: Database, names: Names, rows: readonly RunRow[]): Promise<RunDocument[]> {
  const documents = new Map<number, RunDocument>()
  const settled = rows.filter((row) => row.settled === 1).map((row) => row.id)
  if (settled.length > 0) {
    for (const row of await database.all(storedDocuments, { ids: JSON.stringify(settled) })) {
      documents.set(row.run_id, row.document)
    }
  }
  const others = rows.filter((row) => !documents.has(row.id)).map((row) => row.id)
  for (const [id, document] of await composeDocuments(database, names, others)) documents.set(id, document)
  return rows.map((row) => joinRun(row, documents.get(row.id) ?? ''))
}

function joinRun(row: RunRow, document: RunDocument): RunDocument {
  const head = `{"info":${encode(runInfoSchema, toRunInfo(row))},`
  if (typeof document === 'string') return `${head}${document}}`
  const start = Buffer.from(head)
  const run = Buffer.allocUnsafeSlow(start.length + document.length + 1)
  run.set(start, 0)
  run.set(document, start.length)
  run[run.length - 1] = 0x7d
  return run
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
  const values = new Map<number, Values>(ids.map((id) => [id, { metrics: '', params: '', tags: '' }]))
  if (ids.length === 0) return new Map()
  const list = { ids: JSON.stringify(ids) }

  for (const row of await database.rows(metricsOf, list)) {
    const [id, nameId, value, timestamp, step] = row as [number, number, unknown, Int64, Int64]
    const name = names.jsonInMemory(nameId) ?? (await names.json(database, nameId))
    const of = values.get(id) as Values
    of.metrics +=
      `${of.metrics === '' ? '' : ','}{"key":${name},"value":${encodeDouble(readDouble(value))},` +
      `"timestamp":${timestamp},"step":${step}}`
  }
  for (const [kind, definition] of [
    ['params', paramsOf],
    ['tags', tagsOf],
  ] as const) {
    for (const row of await database.rows(definition, list)) {
      const [id, nameId, value] = row as [number, number, string]
      const name = names.jsonInMemory(nameId) ?? (await names.json(database, nameId))
      const of = values.get(id) as Values
      of[kind] += `${of[kind] === '' ? '' : ','}{"key":${name},"value":${JSON.stringify(value)}}`
    }
  }
  const inputs = await readInputs(database, ids)
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
  const ids = (await database.all(endedUnsettled, { limit })).map((row) => row.id)
  if (ids.length === 0) return 0
  const documents = await composeDocuments(database, names, ids)
  await database.transaction(async (inner) => {
    await inner.runMany(
      insertDocument,
      [...documents].map(([id, document]) => ({ id, document: Buffer.from(document) })),
    )
    await inner.runMany(
      markSettled,
      ids.map((id) => ({ id })),
    )
  })
  return ids.length
}
