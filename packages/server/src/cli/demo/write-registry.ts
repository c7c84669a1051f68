import type { Client } from '@trackway/sdk'

import { demoTag } from './demo-state.ts'
import { registryPlan } from './registry-plan.ts'
import type { RegisteredModelPlan, Step, VersionPlan } from './registry-plan.ts'
import { lastValue } from './run-plan.ts'
import { pairs } from './write-runs.ts'
import type { WrittenRun } from './write-runs.ts'

/** Gives a client for somebody: where the server knows who calls, it is always the caller's own. */
export type ClientFor = (person: string) => Promise<Client>

interface Callers {
  readonly clientFor: ClientFor
  /** Whether all that is done is done by one user, who must then approve what that user asked for. */
  readonly isOneUser: boolean
}

/** Makes the registered models with their versions, stages, requests and comments. @returns how many versions. */
export async function writeRegistry(
  callers: Callers,
  runs: ReadonlyMap<string, readonly WrittenRun[]>,
): Promise<number> {
  const counts = await Promise.all(
    registryPlan.map((plan) => writeRegisteredModel(callers, plan, runs.get(plan.experiment) ?? [])),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

async function writeRegisteredModel(
  { clientFor, isOneUser }: Callers,
  plan: RegisteredModelPlan,
  runs: readonly WrittenRun[],
): Promise<number> {
  const owner = await clientFor(plan.owner)
  const { name, description, tags } = plan
  await owner.createRegisteredModel({ name, description, tags: pairs({ ...tags, [demoTag]: 'yes' }) })
  if (plan.needsApproval) {
    await owner.updateRegisteredModelSettings({
      name,
      approvals: [{ to_stage: 'Production' }],
      allow_self_approval: isOneUser,
    })
  }
  const best = ranked(plan, runs)
  let count = 0
  for (const version of plan.versions) {
    const run = best[version.rank]
    if (run === undefined) continue
    await writeVersion(clientFor, plan, version, run)
    count += 1
  }
  for (const [alias, version] of Object.entries(plan.aliases))
    await owner.setRegisteredModelAlias({ name, alias, version })
  return count
}

/** The runs that made a model, the best first. */
function ranked({ metric, best }: RegisteredModelPlan, runs: readonly WrittenRun[]): WrittenRun[] {
  const sign = best === 'highest' ? 1 : -1
  return runs
    .filter(({ modelId }) => modelId !== '')
    .toSorted((a, b) => sign * (lastValue(b.plan, metric) - lastValue(a.plan, metric)))
}

async function writeVersion(
  clientFor: ClientFor,
  { name, from }: RegisteredModelPlan,
  { by, description, tags, steps }: VersionPlan,
  { runId, modelId, artifactUri }: WrittenRun,
): Promise<void> {
  const client = await clientFor(by)
  const source =
    from === 'run' ? { source: `${artifactUri}/model` } : { source: `models:/${modelId}`, model_id: modelId }
  const { model_version: made } = await client.createModelVersion({
    name,
    ...source,
    run_id: runId,
    description,
    tags: pairs(tags),
  })
  for (const step of steps) await takeStep(clientFor, { name, version: made.version }, step)
}

async function takeStep(clientFor: ClientFor, ref: { name: string; version: string }, step: Step): Promise<void> {
  const client = await clientFor(step.by)
  const { comment } = step
  switch (step.do) {
    case 'move':
      // The call of Databricks takes the reason, too.
      await client.transitionDatabricksStage({
        ...ref,
        stage: step.to,
        archive_existing_versions: step.to === 'Production',
        ...(comment !== undefined && { comment }),
      })
      return
    case 'request':
      await client.createTransitionRequest({ ...ref, stage: step.to, comment: step.comment })
      return
    case 'approve':
      await client.approveTransitionRequest({
        ...ref,
        stage: step.to,
        archive_existing_versions: true,
        comment: step.comment,
      })
      return
    case 'reject':
      await client.rejectTransitionRequest({ ...ref, stage: step.to, comment: step.comment })
      return
    case 'comment':
      await client.createComment({ ...ref, comment: step.comment })
  }
}
