import { ApiError, type Client } from '@trackway/sdk'

/** How much there is of everything that grows. */
export interface Amounts {
  /** Runs of the largest table; 0 for no such table. */
  readonly runs: number
  /** Points of each curve. */
  readonly points: number
}

/** The experiments that the screens are measured on: their ids. */
export interface Workload {
  readonly table100: string
  readonly table300: string
  readonly tableLarge: string | undefined
  /** 100 runs with six curves each. */
  readonly curves: string
  /** 10 runs with 1,000 metrics each. */
  readonly wide: string
  /** 50 of the runs of `table100`. */
  readonly compared: readonly string[]
}

type Point = { key: string; value: number; timestamp: number; step: number }

const atOnce = 12
const batch = 1000
const begun = Date.UTC(2026, 0, 5)
const filledTag = { key: 'bench', value: 'filled' }

/** Fills a server by MLflow's API, unless it has been filled before. */
export async function fillWorkload(
  client: Client,
  { runs, points }: Amounts,
  tell: (line: string) => void,
): Promise<Workload> {
  const experiment = async (
    name: string,
    count: number,
    pointsOf: (run: number) => Iterable<Point>,
  ): Promise<string> => {
    const found = await experimentNamed(client, name)
    if (found !== undefined) return found
    const started = performance.now()
    const { experiment_id: id } = await client.createExperiment({ name })
    await inParallel(count, async (run) => writeRun(client, id, run, pointsOf(run)))
    await client.setExperimentTag({ experiment_id: id, ...filledTag })
    tell(`${name}: filled in ${Math.round((performance.now() - started) / 1000)} s`)
    return id
  }
  const table100 = await experiment('bench/100 runs', 100, finals)
  const { runs: all = [] } = await client.searchRuns({ experiment_ids: [table100], max_results: 50 })
  return {
    table100,
    compared: all.map(({ info }) => info.run_id),
    table300: await experiment('bench/300 runs', 300, finals),
    wide: await experiment('bench/1000 metrics', 10, manyMetrics),
    tableLarge: runs === 0 ? undefined : await experiment(`bench/${runs} runs`, runs, wideFinals),
    curves: await experiment(`bench/curves of ${points} points`, 100, (run) => curves(run, points)),
  }
}

/** @throws Error where an earlier filling was broken off. */
async function experimentNamed(client: Client, name: string): Promise<string | undefined> {
  try {
    const { experiment } = await client.getExperimentByName({ experiment_name: name })
    if (experiment.tags?.some(({ key }) => key === filledTag.key)) return experiment.experiment_id
  } catch (error) {
    if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined
    throw error
  }
  throw new Error(`'${name}' was not filled to its end: take a server with an empty store.`)
}

async function writeRun(client: Client, experimentId: string, index: number, points: Iterable<Point>): Promise<void> {
  const start = begun + index * 60_000
  const { run } = await client.createRun({
    experiment_id: experimentId,
    run_name: `run-${String(index).padStart(5, '0')}`,
    start_time: start,
    user_id: 'bench',
  })
  const { run_id: runId } = run.info
  const params = {
    model: `model-${index % 5}`,
    optimizer: `optimizer-${index % 3}`,
    learning_rate: 10 ** -(index % 6),
    seed: index,
    batch_size: 2 ** (4 + (index % 4)),
    dropout: (index % 7) / 10,
    weight_decay: (index % 5) / 1000,
    scheduler: `scheduler-${index % 2}`,
    epochs: 50,
  }
  await client.logBatch({
    run_id: runId,
    params: Object.entries(params).map(([key, value]) => ({ key, value: String(value) })),
    tags: [{ key: 'team', value: `team-${index % 4}` }],
  })
  let waiting: Point[] = []
  for (const point of points) {
    if (waiting.push(point) < batch) continue
    await client.logBatch({ run_id: runId, metrics: waiting })
    waiting = []
  }
  if (waiting.length > 0) await client.logBatch({ run_id: runId, metrics: waiting })
  await client.updateRun({ run_id: runId, status: 'FINISHED', end_time: start + 50_000 })
}

const curveNames = ['train/loss', 'train/acc', 'val/loss', 'val/acc', 'lr', 'grad_norm']

function finals(run: number): Point[] {
  return curveNames.map((key, index) => ({
    key,
    value: Math.abs(Math.sin(run * 12.9898 + index)),
    timestamp: begun,
    step: 0,
  }))
}

/** Twenty metrics: with the params and the tag that every run has, thirty fields. */
function wideFinals(run: number): Point[] {
  return Array.from({ length: 20 }, (_, index) => ({
    key: curveNames[index] ?? `metric_${index}`,
    value: Math.abs(Math.sin(run * 12.9898 + index)),
    timestamp: begun,
    step: 0,
  }))
}

function* curves(run: number, points: number): Generator<Point> {
  for (const [index, key] of curveNames.entries()) {
    for (let step = 0; step < points; step++) {
      const noise = Math.sin(step * 12.9898 + run * 78.233 + index)
      const value = Math.exp(-step / points / (0.1 + run / 300)) + 0.05 * noise
      yield { key, value, timestamp: begun + step * 1000, step }
    }
  }
}

function* manyMetrics(run: number): Generator<Point> {
  for (let step = 0; step < 10; step++) {
    for (let metric = 0; metric < 1000; metric++) {
      const key = `layer_${String(metric % 100).padStart(3, '0')}/value_${Math.floor(metric / 100)}`
      yield { key, value: Math.sin(run + metric + step / 3), timestamp: begun + step * 1000, step }
    }
  }
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker))
}
