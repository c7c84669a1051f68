import { Client } from 'pg'

/**
 * How the tables lie in a database of several machines: these are split by a run's id, so that all that a run has lies on
 * one of them. All others are small, and are copied to each. docs/guides/scaling.md
 */
export const shardKeys: Readonly<Record<string, string>> = {
  runs: 'id',
  run_documents: 'run_id',
  metric_points: 'run_id',
  latest_metrics: 'run_id',
  params: 'run_id',
  tags: 'run_id',
  run_datasets: 'run_id',
  run_dataset_tags: 'run_id',
  run_model_inputs: 'run_id',
  run_model_outputs: 'run_id',
}

const shards = 4

/** Splits the tables of an empty database into partitions, which PostgreSQL binds by what binds shards, too. */
export async function splitTables(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const [table, key] of Object.entries(shardKeys)) {
      const { rows } = await client.query<{ definition: string; primary: boolean }>(
        `select pg_get_indexdef(indexrelid) as definition, indisprimary as primary from pg_index
          where indrelid = $1::regclass`,
        [table],
      )
      const primary = rows.find((row) => row.primary)?.definition.replace(/^.*\(/, '(')
      await client.query(`create table split (like ${table} including defaults including identity, primary key ${primary})
        partition by hash (${key})`)
      await client.query(`drop table ${table} cascade`)
      await client.query(`alter table split rename to ${table}`)
      for (let shard = 0; shard < shards; shard++) {
        await client.query(`create table ${table}_${shard} partition of ${table}
          for values with (modulus ${shards}, remainder ${shard})`)
      }
      for (const { definition } of rows.filter((row) => !row.primary)) {
        // What is unique on one shard is not on all of them: `uuid` is random instead.
        await client.query(definition.replace('UNIQUE ', ''))
      }
    }
  } finally {
    await client.end()
  }
}
