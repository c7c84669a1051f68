import { headlineMetric, isLowerBetter } from '@trackway/api'
import sql from 'sql-template-tag'

import type { ExperimentHeadline } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import { query } from './query.ts'

/** The experiment's tag that names its headline metric. */
const headlineTag = 'trackway.headline'
/** A headline is about the newest runs, so that it costs the same however many there are. */
const newestRuns = 200
/** Of these the metric is chosen. */
const newestForNames = 20
const mostRecent = 30

type OfExperiment = { experiment: number }

const tagOf = query<OfExperiment & { key: string }, { value: string }>(
  (p) => sql`select value from experiment_tags where experiment_id = ${p.experiment} and key = ${p.key}`,
)

const newest = (experiment: number, limit: number) => sql`select id, uuid, start_time from runs
  where experiment_id = ${experiment} and lifecycle_stage = 'active' order by start_time desc, uuid limit ${limit}`

const metricsOf = query<OfExperiment, { key: string; runs: number }>(
  (p) => sql`select n.name as key, count(*) as runs
    from (${newest(p.experiment, newestForNames)}) r
    join latest_metrics m on m.run_id = r.id join names n on n.id = m.name_id group by n.name`,
)

const valuesOf = query<OfExperiment & { metric: string }, { uuid: string; value: unknown }>(
  (p) => sql`select r.uuid, m.value
    from (${newest(p.experiment, newestRuns)}) r
    join latest_metrics m on m.run_id = r.id
    where m.name_id = (select id from names where name = ${p.metric}) order by r.start_time desc, r.uuid`,
)

/** The headline of an experiment; undefined where no run has a number that could be one. */
export async function experimentHeadline(
  database: Database,
  experiment: number,
): Promise<ExperimentHeadline | undefined> {
  const named = await database.first(tagOf, { experiment, key: headlineTag })
  const metric = named?.value ?? headlineMetric(await usualMetrics(database, experiment))
  if (metric === undefined) return undefined
  const found = await database.all(valuesOf, { experiment, metric })
  const runs = found
    .map(({ uuid, value }) => ({ uuid, value: readDouble(value) }))
    .filter(({ value }) => Number.isFinite(value))
  const lowerIsBetter = isLowerBetter(metric)
  const best = runs.toSorted((a, b) => (lowerIsBetter ? a.value - b.value : b.value - a.value))[0]
  if (!best) return undefined
  return {
    experimentId: String(experiment),
    metric,
    lowerIsBetter,
    best: best.value,
    bestRunId: best.uuid,
    recent: runs
      .slice(0, mostRecent)
      .map(({ value }) => value)
      .toReversed(),
  }
}

/** The metrics that at least half as many of the runs have as have the most usual one. */
async function usualMetrics(database: Database, experiment: number): Promise<string[]> {
  const metrics = await database.all(metricsOf, { experiment })
  const most = Math.max(...metrics.map(({ runs }) => runs))
  return metrics.filter(({ runs }) => runs * 2 >= most).map(({ key }) => key)
}
