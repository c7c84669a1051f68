import type { Stage, TransitionRequest } from '@trackway/api'
import sql, { join } from 'sql-template-tag'

import type { TransitionRequestSearch } from '../../registry/store.ts'
import type { Page } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { behind, orderBy } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'

/** What closed a request: the first of these that came behind it, for its stage. */
const states = {
  APPROVED_REQUEST: 'APPROVED',
  REJECTED_REQUEST: 'REJECTED',
  CANCELLED_REQUEST: 'CANCELLED',
  APPLIED_TRANSITION: 'OVERTAKEN',
  SYSTEM_TRANSITION: 'OVERTAKEN',
} as const

type Row = readonly [
  id: number,
  user: string,
  comment: string | null,
  from: Stage,
  to: Stage,
  time: number,
  name: string,
  version: number,
  stage: Stage,
  decision: keyof typeof states | null,
  decidedBy: string | null,
  decisionTime: number | null,
  decisionComment: string | null,
]

/** Requests are taken back one by one; all else closes those of everybody. */
const decision = sql`select d.id from model_version_activities d
  where d.version_id = a.version_id and d.id > a.id and d.to_stage = a.to_stage
    and (d.activity_type in ('APPROVED_REQUEST', 'REJECTED_REQUEST', 'APPLIED_TRANSITION', 'SYSTEM_TRANSITION')
      or (d.activity_type = 'CANCELLED_REQUEST' and d.user_id = a.user_id))
  order by d.id limit 1`

const newestFirst = [{ expression: sql`a.id`, ascending: false, kind: 'int64' }] as const

/** The requests for transitions of all models, the newest first. */
export async function searchRequests(
  database: Database,
  search: TransitionRequestSearch,
): Promise<Page<TransitionRequest>> {
  const { maxResults, pageToken, name } = search
  const queryKey = queryKeyOf(['transition requests', search.states, name])
  const position = pageToken === undefined ? undefined : decodePageToken(queryKey, pageToken)
  const closing = Object.entries(states).flatMap(([type, state]) => (search.states.includes(state) ? [type] : []))
  const closed = sql`a.is_open = 0 and ${database.engine.among(sql`d.activity_type`, closing)}`
  const isOpen = sql`a.is_open = 1`
  const isAsked = !search.states.includes('OPEN')
    ? closed
    : closing.length === 0
      ? isOpen
      : sql`(${isOpen} or ${closed})`
  const conditions = [
    sql`a.activity_type = 'REQUESTED_TRANSITION'`,
    isAsked,
    ...(name === undefined ? [] : [sql`m.name = ${name}`]),
    ...(position ? [behind(database.engine, newestFirst, position)] : []),
  ]
  const rows = (await database.dynamic(sql`
    select a.id, a.user_id, a.comment, a.from_stage, a.to_stage, a.creation_time, m.name, v.version, v.stage,
      d.activity_type, d.user_id, d.creation_time, d.comment
    from model_version_activities a
      join model_versions v on v.id = a.version_id
      join registered_models m on m.id = v.model_id
      left join model_version_activities d on a.is_open = 0 and d.id = (${decision})
    where ${join(conditions, ' and ')}
    ${orderBy(newestFirst)} limit ${maxResults + 1}`)) as unknown as readonly Row[]
  const page = rows.slice(0, maxResults)
  const last = page.at(-1)
  return {
    items: page.map(toRequest),
    token: last && rows.length > maxResults ? encodePageToken(queryKey, [last[0]]) : null,
  }
}

function toRequest([id, user, comment, from, to, time, name, version, stage, ...closed]: Row): TransitionRequest {
  const [type, decidedBy, decisionTime, decisionComment] = closed
  return {
    id: String(id),
    name,
    version: String(version),
    current_stage: stage,
    from_stage: from,
    to_stage: to,
    state: type === null ? 'OPEN' : states[type],
    user_id: user,
    creation_timestamp: time,
    comment: comment ?? undefined,
    decided_by: decidedBy ?? undefined,
    decision_timestamp: decisionTime ?? undefined,
    decision_comment: decisionComment ?? undefined,
  }
}
