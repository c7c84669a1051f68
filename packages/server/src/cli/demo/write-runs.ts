import type { Client, Metric, Request } from '@trackway/sdk'

import type { ModelPlan, PlannedFile, RunPlan } from './run-plan.ts'

/** A run that was written. */
export interface WrittenRun {
  readonly plan: RunPlan
  readonly runId: string
  readonly artifactUri: string
  /** '' where it made none. */
  readonly modelId: string
}

// The server shares a commit among all that wait: so many wait at once.
const atOnce = 16
const mostPoints = 800
const proxied = 'mlflow-artifacts:/'

/** Writes runs with their children, many at a time, and gives all of them in the order of the plans. */
export async function writeRuns(
  client: Client,
  experimentId: string,
  plans: readonly RunPlan[],
): Promise<WrittenRun[]> {
  const written = await inParallel(plans, atOnce, (plan) => writeTree(client, experimentId, plan))
  return written.flat()
}

async function writeTree(
  client: Client,
  experimentId: string,
  plan: RunPlan,
  parentId?: string,
): Promise<WrittenRun[]> {
  const run = await writeRun(client, experimentId, plan, parentId)
  const below: WrittenRun[] = [run]
  for (const child of plan.children ?? []) below.push(...(await writeTree(client, experimentId, child, run.runId)))
  return below
}

async function writeRun(client: Client, experimentId: string, plan: RunPlan, parentId?: string): Promise<WrittenRun> {
  const tags = { ...plan.tags, ...(parentId !== undefined && { 'mlflow.parentRunId': parentId }) }
  const { run } = await client.createRun({
    experiment_id: experimentId,
    run_name: plan.name,
    user_id: plan.user,
    start_time: plan.startTime,
    tags: pairs(tags),
  })
  const { run_id: runId, artifact_uri: artifactUri } = run.info
  if (plan.datasets !== undefined) {
    const datasets = plan.datasets.map(({ dataset, context }) => ({
      dataset,
      tags: [{ key: 'mlflow.data.context', value: context }],
    }))
    await client.logInputs({ run_id: runId, datasets })
  }
  await writeValues(client, runId, plan)
  for (const file of plan.files?.() ?? []) await client.uploadArtifact({ run_id: runId, path: file.path }, file.content)
  const modelId = plan.model === undefined ? '' : await writeModel(client, experimentId, runId, plan, plan.model)
  if (plan.status !== 'RUNNING') {
    const ended = plan.endTime !== undefined && { end_time: plan.endTime }
    await client.updateRun({ run_id: runId, status: plan.status, ...ended })
  }
  if (plan.isDeleted) await client.deleteRun({ run_id: runId })
  return { plan, runId, artifactUri, modelId }
}

async function writeValues(client: Client, runId: string, { params, series }: RunPlan): Promise<void> {
  const metrics = series.flatMap(({ key, points }): Metric[] =>
    points.map(({ step, value, time }) => ({ key, step, value, timestamp: time })),
  )
  const first: Request<'logBatch'> = { run_id: runId, params: pairs(params), metrics: metrics.slice(0, mostPoints) }
  await client.logBatch(first)
  for (let from = mostPoints; from < metrics.length; from += mostPoints) {
    await client.logBatch({ run_id: runId, metrics: metrics.slice(from, from + mostPoints) })
  }
}

/** A logged model, its files beside it and, as those of MLflow 2 were, below the run. */
async function writeModel(
  client: Client,
  experimentId: string,
  runId: string,
  plan: RunPlan,
  { name, type, params, scores, scoredOn, files }: ModelPlan,
): Promise<string> {
  const { model } = await client.createLoggedModel({
    experiment_id: experimentId,
    name,
    model_type: type,
    source_run_id: runId,
    params: pairs(params),
    tags: pairs({ 'mlflow.user': plan.user }),
  })
  const { model_id: modelId, artifact_uri: uri } = model.info
  const folder = files({ runId, modelId })
  for (const file of folder) await client.uploadArtifact({ run_id: runId, path: file.path }, file.content)
  // Where the server does not hand on files, they lie where only its machine can write them.
  if (uri.startsWith(proxied)) await writeModelFiles(client, uri.slice(proxied.length), folder)
  await client.finalizeLoggedModel({ model_id: modelId, status: 'LOGGED_MODEL_READY' })
  await client.logOutputs({ run_id: runId, models: [{ model_id: modelId, step: 0 }] })
  const timestamp = plan.endTime ?? plan.startTime
  const measured = {
    timestamp,
    step: 0,
    model_id: modelId,
    dataset_name: scoredOn.name,
    dataset_digest: scoredOn.digest,
  }
  await client.logBatch({
    run_id: runId,
    metrics: Object.entries(scores).map(([key, value]) => ({ key, value, ...measured })),
  })
  return modelId
}

/** @param root the logged model's folder, whose files do not begin with the name of the run's folder. */
async function writeModelFiles(client: Client, root: string, files: readonly PlannedFile[]): Promise<void> {
  for (const { path, content } of files) {
    const [, inside = path] = path.split(/\/(.*)/s)
    await client.uploadProxiedArtifact({ artifact_path: `${root}/${inside}` }, content)
  }
}

export function pairs(values: Readonly<Record<string, string | number | boolean>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: String(value) }))
}

async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    // All workers take from one iterator.
    for (const [index, item] of waiting) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return results
}
