import { ApiError } from '@trackway/sdk'
import type { Client } from '@trackway/sdk'

import { CommandError } from '../client/failure.ts'
import { demoTag, webhookName } from './demo-state.ts'
import type { Scale } from './experiments/scale.ts'
import type { ExperimentPlan } from './run-plan.ts'
import { seededRandom } from './seeded-random.ts'
import { workPlan } from './work-plan.ts'
import { writeRegistry } from './write-registry.ts'
import type { ClientFor } from './write-registry.ts'
import { pairs, writeRuns } from './write-runs.ts'
import type { WrittenRun } from './write-runs.ts'

export interface FillOptions {
  readonly client: Client
  readonly clientFor: ClientFor
  readonly isOneUser: boolean
  readonly seed: number
  readonly scale: Scale
  /** Milliseconds since the epoch: all work is as long ago from here as it ever is. */
  readonly now: number
  /** Told what is done, a line for each thing. */
  readonly tell: (line: string) => void
}

export interface FilledExperiment {
  readonly experiment_id: string
  readonly name: string
  readonly runs: number
}

/** What was made. */
export interface Filling {
  readonly experiments: readonly FilledExperiment[]
  readonly model_versions: number
}

/**
 * Fills a server with the demo.
 * @throws CommandError where an experiment of the user's has a name that it needs.
 */
export async function fill({ client, clientFor, isOneUser, seed, scale, now, tell }: FillOptions): Promise<Filling> {
  const plans = workPlan(seededRandom(seed), now, scale)
  const taken = await takenNames(client, plans)
  if (taken.length > 0) {
    throw new CommandError(
      `Experiments of these names are there already, and not from the demo: ${taken.join(', ')}. Nothing was changed: ` +
        'rename them, or fill another server.',
    )
  }
  const runs = new Map<string, readonly WrittenRun[]>()
  const experiments: FilledExperiment[] = []
  for (const plan of plans) {
    const id = await beginExperiment(client, plan)
    const written = await writeRuns(client, id, plan.runs)
    runs.set(plan.name, written)
    experiments.push({ experiment_id: id, name: plan.name, runs: written.length })
    tell(`${plan.name}: ${written.length} runs`)
  }
  const versions = await writeRegistry({ clientFor, isOneUser }, runs)
  await writeWebhook(client)
  tell(`registry: ${versions} versions of models`)
  for (const [index, { experiment_id: id }] of experiments.entries()) {
    await client.setExperimentTag({ experiment_id: id, key: demoTag, value: 'complete' })
    if (plans[index]?.isDeleted) await client.deleteExperiment({ experiment_id: id })
  }
  return { experiments, model_versions: versions }
}

async function takenNames(client: Client, plans: readonly ExperimentPlan[]): Promise<string[]> {
  const found = await Promise.all(
    plans.map(async ({ name }) => {
      try {
        await client.getExperimentByName({ experiment_name: name })
        return [name]
      } catch (error) {
        if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST') return []
        throw error
      }
    }),
  )
  return found.flat()
}

async function beginExperiment(client: Client, { name, note, tags }: ExperimentPlan): Promise<string> {
  const all = { ...tags, 'mlflow.note.content': note, [demoTag]: 'begun' }
  const { experiment_id: id } = await client.createExperiment({ name, tags: pairs(all) })
  return id
}

/** One that is switched off, so that nothing is sent to anybody. */
async function writeWebhook(client: Client): Promise<void> {
  await client.createWebhook({
    name: webhookName,
    description: 'Tells the team of new versions and failed runs. Switched off: it is part of the demo.',
    url: 'https://hooks.example.com/trackway',
    events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
    trackway_events: ['model_version.stage_transitioned', 'run.failed'],
    status: 'DISABLED',
  })
}
