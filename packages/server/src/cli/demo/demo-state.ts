import { paginate } from '@trackway/sdk'
import type { Client, Experiment } from '@trackway/sdk'

/** Marks experiments and registered models that the demo made; of an experiment the value says how far it came. */
export const demoTag = 'trackway.demo'

/** The webhook's name. Webhooks have no tags. */
export const webhookName = 'trackway-demo'

/** What a server has of the demo. */
export interface DemoState {
  readonly experiments: readonly Experiment[]
  readonly models: readonly string[]
  readonly webhooks: readonly string[]
  /** Whether it was filled to the end. */
  readonly isComplete: boolean
}

export async function demoState(client: Client): Promise<DemoState> {
  const experiments = paginate(client, 'searchExperiments', { view_type: 'ALL', max_results: 1000 })
  const models = paginate(client, 'searchRegisteredModels', { max_results: 1000 })
  const webhooks = paginate(client, 'listWebhooks', { all_events: true })
  const hasTag = ({ tags = [] }: { tags?: readonly { key: string; value: string }[] | undefined }): boolean =>
    tags.some(({ key, value }) => key === demoTag && value !== 'removed')
  const found = (await all(experiments)).filter(hasTag)
  return {
    experiments: found,
    models: (await all(models)).filter(hasTag).map(({ name }) => name),
    webhooks: (await all(webhooks)).filter(({ name }) => name === webhookName).map((hook) => hook.webhook_id),
    isComplete: found.length > 0 && found.every(({ tags = [] }) => tags.some((tag) => tag.value === 'complete')),
  }
}

/**
 * Takes the demo away: models and webhook for good, experiments into the trash. A deleted experiment keeps its name, so
 * each is renamed first: the demo can then be made anew.
 */
export async function removeDemo(client: Client, state: DemoState): Promise<void> {
  for (const name of state.models) await client.deleteRegisteredModel({ name })
  for (const webhookId of state.webhooks) await client.deleteWebhook({ webhook_id: webhookId })
  const when = new Date().toISOString().slice(0, 19).replace('T', ' ')
  for (const { experiment_id: id, name, lifecycle_stage: stage } of state.experiments) {
    // Only an active experiment can be renamed.
    if (stage === 'deleted') await client.restoreExperiment({ experiment_id: id })
    await client.updateExperiment({ experiment_id: id, new_name: `${name} (removed ${when}, ${id})` })
    await client.setExperimentTag({ experiment_id: id, key: demoTag, value: 'removed' })
    await client.deleteExperiment({ experiment_id: id })
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
