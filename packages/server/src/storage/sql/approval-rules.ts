import { ApiError, stages } from '@trackway/api'
import type { RegisteredModelSettings, Stage } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { Database } from './database.ts'
import type { VersionState } from './model-version-rows.ts'
import { insertOrKeep } from './insertion.ts'
import { query } from './query.ts'

const selfApproval = query<{ model: number }, { allow_self_approval: number }>(
  (p) => sql`select allow_self_approval from registered_models where id = ${p.model}`,
)

const setSelfApproval = query<{ model: number; allowed: number }, unknown>(
  (p) => sql`update registered_models set allow_self_approval = ${p.allowed} where id = ${p.model}`,
)

const rules = query<{ model: number }, { to_stage: Stage; from_stage: Stage | '' }>(
  (p) => sql`select to_stage, from_stage from approval_rules where model_id = ${p.model}`,
)

const clearRules = query<{ model: number }, unknown>((p) => sql`delete from approval_rules where model_id = ${p.model}`)

const addRules = insertOrKeep('approval_rules', { model_id: 'key', to_stage: 'text', from_stage: 'text' })

const matching = query<{ model: number; from: Stage; to: Stage }, unknown>(
  (p) => sql`select 1 from approval_rules
    where model_id = ${p.model} and to_stage = ${p.to} and from_stage in ('', ${p.from}) limit 1`,
)

/** Which transitions of a model need approval, in the order of the stages. */
export async function readSettings(database: Database, modelId: number): Promise<RegisteredModelSettings> {
  const row = await database.first(selfApproval, { model: modelId })
  const found = await database.all(rules, { model: modelId })
  const place = (stage: Stage | ''): number => (stage === '' ? -1 : stages.indexOf(stage))
  const sorted = found.toSorted(
    (a, b) => place(a.to_stage) - place(b.to_stage) || place(a.from_stage) - place(b.from_stage),
  )
  return {
    approvals: sorted.map(({ to_stage, from_stage }) => ({ to_stage, from_stage: from_stage || undefined })),
    allow_self_approval: row?.allow_self_approval === 1,
  }
}

/** Replaces what is given. Rules have their stages in canonical spelling. */
export async function writeSettings(
  database: Database,
  modelId: number,
  { approvals, allow_self_approval }: Partial<RegisteredModelSettings>,
): Promise<void> {
  if (allow_self_approval !== undefined) {
    await database.run(setSelfApproval, { model: modelId, allowed: allow_self_approval ? 1 : 0 })
  }
  if (approvals === undefined) return
  await database.run(clearRules, { model: modelId })
  await database.insert(
    addRules,
    approvals.map(({ to_stage, from_stage = '' }) => ({ model_id: modelId, to_stage, from_stage })),
  )
}

async function needsApproval(database: Database, modelId: number, from: Stage, to: Stage): Promise<boolean> {
  return (await database.first(matching, { model: modelId, from, to })) !== undefined
}

/** Whether who asked for a transition that needs approval may also approve it. */
async function allowsSelfApproval(database: Database, modelId: number): Promise<boolean> {
  return (await database.first(selfApproval, { model: modelId }))?.allow_self_approval === 1
}

/** @throws ApiError PERMISSION_DENIED where a rule of the model demands that somebody approves the transition. */
export async function checkNeedsNoApproval(database: Database, version: VersionState, stage: Stage): Promise<void> {
  if (!(await needsApproval(database, version.model_id, version.stage, stage))) return
  const approvers = (await allowsSelfApproval(database, version.model_id))
    ? 'then have it approved, or approve it yourself,'
    : 'then have somebody else approve it'
  throw new ApiError(
    'PERMISSION_DENIED',
    `The settings of model '${version.name}' demand an approval for moving version ${version.version} from ` +
      `${version.stage} to ${stage}. Ask for it with transition-requests/create, ${approvers} with ` +
      'transition-requests/approve.',
  )
}

/**
 * Who approves must have a name and not be the only one who asked, where a rule demands approval and the model does not
 * allow that: who leaves the name out could be anybody.
 * @throws ApiError PERMISSION_DENIED
 */
export async function checkApprover(
  database: Database,
  version: VersionState,
  stage: Stage,
  requesters: readonly string[],
  { user }: Author,
): Promise<void> {
  if (user !== '' && requesters.some((requester) => requester !== user)) return
  if (!(await needsApproval(database, version.model_id, version.stage, stage))) return
  if (await allowsSelfApproval(database, version.model_id)) return
  throw new ApiError(
    'PERMISSION_DENIED',
    `The settings of model '${version.name}' demand that somebody else than who asked approves moving version ` +
      `${version.version} from ${version.stage} to ${stage}. ` +
      (user === ''
        ? 'Without a name the server cannot tell that you are another: give a user name with both requests, with the ' +
          'official clients by MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.'
        : `Only '${user}' has asked.`),
  )
}
