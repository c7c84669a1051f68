import { ApiError, doesNotExist, invalidParameter } from '@trackway/api'
import type { Activity, Stage } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { RequestedTransition, Transition } from '../../registry/store.ts'
import { recordActivity } from './activities.ts'
import { checkApprover } from './approval-rules.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import { findVersion } from './model-version-rows.ts'
import type { VersionState } from './model-version-rows.ts'
import { query } from './query.ts'
import { changeStage, closeOpenRequests } from './stage-changes.ts'

interface OpenRequest {
  readonly id: number
  readonly user_id: string
}

const open = query<{ version: number; stage: Stage }, OpenRequest>(
  (p) => sql`select id, user_id from model_version_activities
    where version_id = ${p.version} and to_stage = ${p.stage} and is_open = 1 order by id`,
)

const close = query<{ id: number; time: number }, unknown>(
  (p) => sql`update model_version_activities set is_open = 0, last_update_time = ${p.time} where id = ${p.id}`,
)

/** What ends requests for a stage: a decision, or a version that is there already. */
const decisions = {
  APPROVED_REQUEST: 'approved the last one',
  REJECTED_REQUEST: 'rejected the last one',
  CANCELLED_REQUEST: 'took one back',
  APPLIED_TRANSITION: 'moved the version there',
  SYSTEM_TRANSITION: 'moved the version there',
} as const

interface Decision {
  readonly activity_type: keyof typeof decisions
  readonly user_id: string
  readonly creation_time: number
}

const lastDecision = query<{ version: number; stage: Stage }, Decision>(
  (p) => sql`select activity_type, user_id, creation_time from model_version_activities
    where version_id = ${p.version} and to_stage = ${p.stage} and activity_type <> 'REQUESTED_TRANSITION'
    order by id desc limit 1`,
)

export async function requestTransition(
  database: Database,
  { name, version, stage, comment }: RequestedTransition,
  author: Author,
): Promise<Activity> {
  const found = await findVersion(database, name, version)
  if (found.stage === stage) throw invalidParameter(`${capital(described(found))} is in ${stage} already.`)
  const requests = await database.all(open, { version: found.id, stage })
  const own = requests.find((request) => request.user_id === author.user)
  if (own) {
    throw new ApiError(
      'RESOURCE_ALREADY_EXISTS',
      `${capital(named(author.user))} has asked to move ${described(found)} to ${stage} already: request ${own.id} is ` +
        'open. Take it back with transition-requests/delete to ask anew.',
    )
  }
  const activity = await recordActivity(
    database,
    { versionId: found.id, type: 'REQUESTED_TRANSITION', from: found.stage, to: stage, comment },
    author,
  )
  await recordEvent(database, 'transition_request.created', author, eventData(found, stage, comment))
  return activity
}

export async function approveTransition(database: Database, transition: Transition, author: Author): Promise<Activity> {
  const { name, version, stage, comment } = transition
  const found = await findVersion(database, name, version)
  const requests = await requestsFor(database, found, stage)
  const requesters = requests.map((request) => request.user_id)
  await checkApprover(database, found, stage, requesters, author)
  const activity = await recordActivity(
    database,
    { versionId: found.id, type: 'APPROVED_REQUEST', from: found.stage, to: stage, comment },
    author,
  )
  await recordEvent(database, 'transition_request.approved', author, eventData(found, stage, comment, requests))
  await changeStage(database, found, transition, author)
  return activity
}

export async function rejectTransition(
  database: Database,
  { name, version, stage, comment }: RequestedTransition,
  author: Author,
): Promise<Activity> {
  const found = await findVersion(database, name, version)
  const requests = await requestsFor(database, found, stage)
  await closeOpenRequests(database, found.id, stage, author)
  await recordEvent(database, 'transition_request.rejected', author, eventData(found, stage, comment, requests))
  return recordActivity(
    database,
    { versionId: found.id, type: 'REJECTED_REQUEST', from: found.stage, to: stage, comment },
    author,
  )
}

export async function withdrawTransition(
  database: Database,
  { name, version, stage, comment, creator }: RequestedTransition & { readonly creator: string },
  author: Author,
): Promise<Activity> {
  const found = await findVersion(database, name, version)
  const requests = await database.all(open, { version: found.id, stage })
  const request = requests.find(({ user_id }) => user_id === creator)
  if (!request) {
    throw doesNotExist(
      `${capital(named(creator))} has no open request to move ${described(found)} to ${stage}.` +
        (await earlier(database, found, stage)),
    )
  }
  if (creator !== author.user) {
    throw new ApiError(
      'PERMISSION_DENIED',
      `The request of ${named(creator)} can only be taken back by who made it, not by ${named(author.user)}. ` +
        'Who decides rejects it with transition-requests/reject.',
    )
  }
  await database.run(close, { id: request.id, time: author.time })
  await recordEvent(database, 'transition_request.deleted', author, eventData(found, stage, comment, [request]))
  return recordActivity(
    database,
    { versionId: found.id, type: 'CANCELLED_REQUEST', from: found.stage, to: stage, comment },
    author,
  )
}

async function requestsFor(database: Database, version: VersionState, stage: Stage): Promise<OpenRequest[]> {
  const requests = await database.all(open, { version: version.id, stage })
  if (requests.length > 0) return requests
  throw doesNotExist(
    `There is no open request to move ${described(version)} to ${stage}.${await earlier(database, version, stage)}`,
  )
}

/** What became of earlier requests, for who comes too late. */
async function earlier(database: Database, version: VersionState, stage: Stage): Promise<string> {
  const last = await database.first(lastDecision, { version: version.id, stage })
  if (!last) return ''
  const time = new Date(last.creation_time).toISOString()
  return ` ${capital(named(last.user_id))} ${decisions[last.activity_type]} at ${time}.`
}

function eventData(
  { name, version }: VersionState,
  stage: Stage,
  comment: string | undefined,
  requests?: readonly OpenRequest[],
): Readonly<Record<string, unknown>> {
  return {
    name,
    version: String(version),
    to_stage: stage,
    comment: comment ?? null,
    requested_by: requests?.map(({ user_id }) => user_id),
  }
}

function described({ name, version }: VersionState): string {
  return `version ${version} of model '${name}'`
}

function named(user: string): string {
  return user === '' ? 'somebody without a user name' : `'${user}'`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
