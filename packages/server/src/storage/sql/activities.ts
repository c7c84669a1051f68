import type { Activity, Stage } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { Page, PageRequest } from '../../tracking/store.ts'
import { isInt64 } from './comparison.ts'
import type { Database } from './database.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { query } from './query.ts'

type ActivityType = Activity['activity_type']

export interface NewActivity {
  readonly versionId: number
  readonly type: ActivityType
  readonly from?: Stage
  readonly to?: Stage
  readonly comment: string | undefined
  readonly systemComment?: string
}

interface NewRow {
  readonly version: number
  readonly type: ActivityType
  readonly isOpen: number
  readonly user: string
  readonly comment: string | null
  readonly systemComment: string | null
  readonly from: Stage | null
  readonly to: Stage | null
  readonly time: number
}

const insert = query<NewRow, { id: number }>(
  (p) => sql`insert into model_version_activities (version_id, activity_type, is_open, user_id, comment,
      system_comment, from_stage, to_stage, creation_time, last_update_time)
    values (${p.version}, ${p.type}, ${p.isOpen}, ${p.user}, ${p.comment},
      ${p.systemComment}, ${p.from}, ${p.to}, ${p.time}, ${p.time})
    returning id`,
)

interface ActivityRow {
  readonly id: number
  readonly activity_type: ActivityType
  readonly is_open: number
  readonly user_id: string
  readonly comment: string | null
  readonly system_comment: string | null
  readonly from_stage: Stage | null
  readonly to_stage: Stage | null
  readonly creation_time: number
  readonly last_update_time: number
}

const columns = sql`id, activity_type, is_open, user_id, comment, system_comment, from_stage, to_stage, creation_time,
  last_update_time`

const byId = query<{ id: number }, ActivityRow>(
  (p) => sql`select ${columns} from model_version_activities where id = ${p.id}`,
)

const newest = query<{ version: number; before: number; limit: number }, ActivityRow>(
  (p, engine) => sql`select ${columns} from model_version_activities
    where version_id = ${p.version} and id < ${engine.typed('int64', p.before)} order by id desc limit ${p.limit}`,
)

const open = query<{ version: number }, ActivityRow>(
  (p) => sql`select ${columns} from model_version_activities
    where version_id = ${p.version} and is_open = 1 order by id`,
)

/** Writes down what was done with a version, in the transaction that does it. A request for a transition is open. */
export async function recordActivity(database: Database, activity: NewActivity, author: Author): Promise<Activity> {
  const added = await database.first(insert, {
    version: activity.versionId,
    type: activity.type,
    isOpen: activity.type === 'REQUESTED_TRANSITION' ? 1 : 0,
    user: author.user,
    comment: activity.comment ?? null,
    systemComment: activity.systemComment ?? null,
    from: activity.from ?? null,
    to: activity.to ?? null,
    time: author.time,
  })
  if (!added) throw new Error('The activity was not stored')
  return readActivity(database, added.id)
}

export async function readActivity(database: Database, id: number): Promise<Activity> {
  const row = await database.first(byId, { id })
  if (!row) throw new Error('The activity was not read')
  return toActivity(row)
}

/** The open requests of a version, the oldest first. */
export async function readOpenRequests(database: Database, versionId: number): Promise<Activity[]> {
  return (await database.all(open, { version: versionId })).map(toActivity)
}

/** What was done with a version, the newest first. */
export async function readActivities(
  database: Database,
  versionId: number,
  { maxResults, pageToken }: PageRequest,
): Promise<Page<Activity>> {
  const queryKey = queryKeyOf({ activities: versionId })
  const [before] = pageToken === undefined ? [Number.MAX_SAFE_INTEGER] : decodePageToken(queryKey, pageToken)
  const rows = await database.all(newest, {
    version: versionId,
    before: isInt64(before) ? Number(before) : 0,
    limit: maxResults + 1,
  })
  const page = rows.slice(0, maxResults)
  const last = page.at(-1)
  return {
    items: page.map(toActivity),
    token: last && rows.length > maxResults ? encodePageToken(queryKey, [last.id]) : null,
  }
}

function toActivity(row: ActivityRow): Activity {
  return {
    id: String(row.id),
    activity_type: row.activity_type,
    user_id: row.user_id,
    creation_timestamp: row.creation_time,
    last_updated_timestamp: row.last_update_time,
    comment: row.comment ?? undefined,
    system_comment: row.system_comment ?? undefined,
    from_stage: row.from_stage ?? undefined,
    to_stage: row.to_stage ?? undefined,
    available_actions: actionsOn(row),
  }
}

/** What somebody may do with it: the one who asked or wrote, or who decides. A deleted comment has no text. */
function actionsOn({ activity_type, is_open, comment }: ActivityRow): Activity['available_actions'] {
  if (is_open) return ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST', 'CANCEL_TRANSITION_REQUEST']
  return activity_type === 'NEW_COMMENT' && comment !== null ? ['EDIT_COMMENT', 'DELETE_COMMENT'] : undefined
}
