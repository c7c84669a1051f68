import type { DatasetInput, Int64 } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import { query } from './query.ts'

type Ids = { ids: readonly number[] }

const datasetsOf = query<Ids, unknown>(
  (p, engine) => sql`
    select i.run_id, d.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
    from run_datasets i join datasets d on d.id = i.dataset_id
    where ${engine.among(sql`i.run_id`, p.ids)} order by i.run_id, d.id`,
)

const tagsOf = query<Ids, unknown>(
  (p, engine) => sql`select run_id, dataset_id, key, value from run_dataset_tags
    where ${engine.among(sql`run_id`, p.ids)} order by run_id, dataset_id, key`,
)

const modelInputsOf = query<Ids, unknown>(
  (p, engine) => sql`select run_id, model_uuid from run_model_inputs
    where ${engine.among(sql`run_id`, p.ids)} order by run_id, model_uuid`,
)

const modelOutputsOf = query<Ids, unknown>(
  (p, engine) => sql`select run_id, model_uuid, step from run_model_outputs
    where ${engine.among(sql`run_id`, p.ids)} order by run_id, step, model_uuid`,
  ['step'],
)

type DatasetRow = readonly [
  run: number,
  id: number,
  name: string,
  digest: string,
  sourceType: string,
  source: string,
  schema: string | null,
  profile: string | null,
]

type Lists = { dataset_inputs: string; model_inputs: string; model_outputs: string }

/**
 * What runs used and made, as the fields `inputs` and `outputs` of the wire's JSON: `"inputs":{…},"outputs":{…}` by
 * the run's key. Runs that have none are left out. Three queries, and one more where there are datasets.
 */
export async function readInputs(database: Database, runs: readonly number[]): Promise<Map<number, string>> {
  const list = { ids: runs }
  const found = new Map<number, Lists>()

  function add(run: number, field: keyof Lists, item: string): void {
    let lists = found.get(run)
    if (!lists) found.set(run, (lists = { dataset_inputs: '', model_inputs: '', model_outputs: '' }))
    lists[field] += `${lists[field] === '' ? '' : ','}${item}`
  }

  const datasets = (await database.rows(datasetsOf, list)) as unknown as readonly DatasetRow[]
  const tags = datasets.length > 0 ? await readTags(database, list) : new Map<string, DatasetInput['tags']>()
  for (const row of datasets) add(row[0], 'dataset_inputs', JSON.stringify(toInput(row, tags.get(tagKey(row)))))
  for (const [run, model_id] of (await database.rows(modelInputsOf, list)) as [number, string][]) {
    add(run, 'model_inputs', JSON.stringify({ model_id }))
  }
  for (const [run, model, step] of (await database.rows(modelOutputsOf, list)) as [number, string, Int64][]) {
    add(run, 'model_outputs', `{"model_id":${JSON.stringify(model)},"step":${step}}`)
  }
  return new Map([...found].map(([run, lists]) => [run, toFields(lists)]))
}

async function readTags(database: Database, list: Ids): Promise<Map<string, NonNullable<DatasetInput['tags']>>> {
  const tags = new Map<string, NonNullable<DatasetInput['tags']>>()
  for (const row of (await database.rows(tagsOf, list)) as [number, number, string, string][]) {
    const tag = { key: row[2], value: row[3] }
    const known = tags.get(tagKey(row))
    if (known) known.push(tag)
    else tags.set(tagKey(row), [tag])
  }
  return tags
}

function tagKey(row: readonly [run: number, dataset: number, ...rest: unknown[]]): string {
  return `${row[0]}/${row[1]}`
}

function toInput(row: DatasetRow, tags: DatasetInput['tags']): DatasetInput {
  const [, , name, digest, source_type, source, schema, profile] = row
  const dataset = { name, digest, source_type, source, schema: schema ?? undefined, profile: profile ?? undefined }
  return { tags, dataset }
}

function toFields({ dataset_inputs, model_inputs, model_outputs }: Lists): string {
  const field = (name: string, items: string) => (items === '' ? [] : [`"${name}":[${items}]`])
  const inputs = [...field('dataset_inputs', dataset_inputs), ...field('model_inputs', model_inputs)]
  return `"inputs":{${inputs.join(',')}},"outputs":{${field('model_outputs', model_outputs).join('')}}`
}
