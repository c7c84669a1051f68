import { ApiError, doesNotExist } from '@trackway/api'
import type { Activity } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import { readActivity, recordActivity } from './activities.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import { findVersion } from './model-version-rows.ts'
import { query } from './query.ts'

interface CommentState {
  readonly id: number
  readonly user_id: string
  readonly name: string
  readonly version: number
}

// A deleted comment has no text.
const find = query<{ id: number }, CommentState>(
  (p) => sql`select a.id, a.user_id, m.name, v.version from model_version_activities a
    join model_versions v on v.id = a.version_id
    join registered_models m on m.id = v.model_id
    where a.id = ${p.id} and a.activity_type = 'NEW_COMMENT' and a.comment is not null`,
)

const setText = query<{ id: number; comment: string; time: number }, unknown>(
  (p) => sql`update model_version_activities set comment = ${p.comment}, last_update_time = ${p.time}
    where id = ${p.id}`,
)

const clearText = query<{ id: number; why: string; time: number }, unknown>(
  (p) => sql`update model_version_activities set comment = null, system_comment = ${p.why}, last_update_time = ${p.time}
    where id = ${p.id}`,
)

export async function addComment(
  database: Database,
  name: string,
  version: number,
  comment: string,
  author: Author,
): Promise<Activity> {
  const found = await findVersion(database, name, version)
  const activity = await recordActivity(database, { versionId: found.id, type: 'NEW_COMMENT', comment }, author)
  await recordEvent(database, 'comment.created', author, {
    name: found.name,
    version: String(found.version),
    comment_id: activity.id,
    comment,
  })
  return activity
}

export async function changeComment(
  database: Database,
  commentId: string,
  comment: string,
  author: Author,
): Promise<Activity> {
  const { id, name, version } = await findOwnComment(database, commentId, author)
  await database.run(setText, { id, comment, time: author.time })
  await recordEvent(database, 'comment.updated', author, {
    name,
    version: String(version),
    comment_id: commentId,
    comment,
  })
  return readActivity(database, id)
}

/** Takes the text away. The log goes on saying that there was a comment: who wrote it, and when. */
export async function deleteComment(database: Database, commentId: string, author: Author): Promise<void> {
  const { id, name, version } = await findOwnComment(database, commentId, author)
  await database.run(clearText, { id, why: 'Deleted by its author.', time: author.time })
  await recordEvent(database, 'comment.deleted', author, { name, version: String(version), comment_id: commentId })
}

async function findOwnComment(database: Database, commentId: string, { user }: Author): Promise<CommentState> {
  const found = /^[1-9]\d{0,14}$/.test(commentId) ? await database.first(find, { id: Number(commentId) }) : undefined
  if (!found) throw doesNotExist(`Comment with ID '${commentId.slice(0, 100)}' not found.`)
  if (found.user_id === user) return found
  throw new ApiError(
    'PERMISSION_DENIED',
    `Comment ${commentId} can only be changed or deleted by its author, ` +
      `${found.user_id === '' ? 'who gave no user name' : `'${found.user_id}'`}.`,
  )
}
