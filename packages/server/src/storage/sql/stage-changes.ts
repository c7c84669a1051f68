import type { Stage } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { Transition } from '../../registry/store.ts'
import { recordActivity } from './activities.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import type { VersionState } from './model-version-rows.ts'
import { query } from './query.ts'
import { touchModel } from './registered-model-rows.ts'

type Moved = Pick<VersionState, 'id' | 'version' | 'run_uuid'>

const others = query<{ model: number; id: number; stage: Stage }, Moved>(
  (p) => sql`select id, version, run_uuid from model_versions
    where model_id = ${p.model} and stage = ${p.stage} and id <> ${p.id} order by version`,
)

const setStage = query<{ id: number; stage: Stage; time: number }, unknown>(
  (p) => sql`update model_versions set stage = ${p.stage}, last_update_time = ${p.time} where id = ${p.id}`,
)

const closeRequests = query<{ version: number; stage: Stage; time: number }, unknown>(
  (p) => sql`update model_version_activities set is_open = 0, last_update_time = ${p.time}
    where version_id = ${p.version} and to_stage = ${p.stage} and is_open = 1`,
)

/** Nobody needs to be asked any more. */
export async function closeOpenRequests(
  database: Database,
  versionId: number,
  stage: Stage,
  { time }: Author,
): Promise<void> {
  await database.run(closeRequests, { version: versionId, stage, time })
}

/**
 * Moves a version to a stage and, where asked for, those that are in it to Archived. Everything that it changes gets the
 * same time, as in MLflow, where a move to the version's own stage changes the times, too. The version's own activity
 * is the caller's to record: it says why.
 */
export async function changeStage(
  database: Database,
  version: VersionState,
  { stage, archiveExisting, comment }: Pick<Transition, 'stage' | 'archiveExisting' | 'comment'>,
  author: Author,
): Promise<void> {
  const { id, model_id, name, stage: from_stage } = version
  const archived = archiveExisting ? await database.all(others, { model: model_id, id, stage }) : []
  await database.run(setStage, { id, stage, time: author.time })
  await touchModel(database, model_id, author.time)
  await closeOpenRequests(database, id, stage, author)

  const tell = (moved: Moved, from: Stage, to: Stage, why: string | undefined, archivedVersions: readonly Moved[]) =>
    recordEvent(database, 'model_version.stage_transitioned', author, {
      name,
      version: String(moved.version),
      from_stage: from,
      to_stage: to,
      run_id: moved.run_uuid || null,
      comment: why ?? null,
      archived_versions: archivedVersions.map((one) => String(one.version)),
    })
  if (stage !== from_stage) await tell(version, from_stage, stage, comment, archived)

  const systemComment = `Archived when version ${version.version} was moved to ${stage}.`
  for (const other of archived) {
    await database.run(setStage, { id: other.id, stage: 'Archived', time: author.time })
    await closeOpenRequests(database, other.id, 'Archived', author)
    await recordActivity(
      database,
      {
        versionId: other.id,
        type: 'SYSTEM_TRANSITION',
        from: stage,
        to: 'Archived',
        comment: undefined,
        systemComment,
      },
      author,
    )
    await tell(other, stage, 'Archived', systemComment, [])
  }
}
