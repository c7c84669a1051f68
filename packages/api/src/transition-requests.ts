import { endpoint } from './endpoint.ts'
import { onVersion, stages, versionRef } from './model-versions.ts'
import { boolean, emptyableString, int64, list, message, oneOf, optional, required, string } from './schema.ts'

/**
 * Stage changes that somebody asks for and somebody else approves, and what is said about a version: the paths and
 * shapes of Databricks' workspace model registry, so that its SDKs work here (`databricks.sdk.service.ml`).
 */

const activityType = oneOf([
  'APPLIED_TRANSITION',
  'REQUESTED_TRANSITION',
  'CANCELLED_REQUEST',
  'APPROVED_REQUEST',
  'REJECTED_REQUEST',
  'SYSTEM_TRANSITION',
  'NEW_COMMENT',
])

const activityAction = oneOf([
  'APPROVE_TRANSITION_REQUEST',
  'REJECT_TRANSITION_REQUEST',
  'CANCEL_TRANSITION_REQUEST',
  'EDIT_COMMENT',
  'DELETE_COMMENT',
])

/** Something that was done with a version: by whom, when, and why. */
export const activity = message({
  id: required(string),
  activity_type: required(activityType),
  user_id: required(emptyableString, "Who did it; '' where the server does not know."),
  creation_timestamp: required(int64, 'Milliseconds since the epoch.'),
  last_updated_timestamp: required(int64, 'Milliseconds since the epoch.'),
  comment: string,
  system_comment: optional(string, 'Why the server did it, where it is the effect of something else.'),
  from_stage: oneOf(stages),
  to_stage: oneOf(stages),
  available_actions: list(activityAction),
})

const stage = { stage: required(string, 'None, Staging, Production or Archived, in any letter case.') }
const reason = { comment: optional(string, 'Why; kept in the activity log.') }
const oneActivity = message({ activity: required(activity) })
const oneComment = message({ comment: required(activity) })
const empty = message({})

export const createTransitionRequest = endpoint({
  method: 'POST',
  path: '/mlflow/transition-requests/create',
  mode: 'write',
  access: onVersion('read'),
  summary: 'Ask that a version be moved to a stage. Each user has one open request for a version and stage.',
  request: message({ ...versionRef, ...stage, ...reason }),
  response: message({ request: required(activity) }),
})

export const listTransitionRequests = endpoint({
  method: 'GET',
  path: '/mlflow/transition-requests/list',
  mode: 'read',
  cost: 'light',
  access: onVersion('read'),
  summary: 'The open requests of a version, the oldest first.',
  request: message(versionRef),
  response: message({ requests: list(activity) }),
})

const requestState = oneOf(['OPEN', 'APPROVED', 'REJECTED', 'CANCELLED', 'OVERTAKEN'])

/** A request for a transition, and what became of it. */
export const transitionRequest = message({
  id: required(string),
  name: required(string, 'Of the registered model.'),
  version: required(string),
  current_stage: required(oneOf(stages), 'Where the version is now.'),
  from_stage: required(oneOf(stages), 'Where it was when somebody asked.'),
  to_stage: required(oneOf(stages)),
  state: required(
    requestState,
    'CANCELLED: taken back by who asked. OVERTAKEN: the version came to the stage without this request.',
  ),
  user_id: required(emptyableString, "Who asked; '' where the server does not know."),
  creation_timestamp: required(int64, 'When, in milliseconds since the epoch.'),
  comment: string,
  decided_by: optional(emptyableString, 'Who closed it; absent while it is open.'),
  decision_timestamp: optional(int64, 'Milliseconds since the epoch.'),
  decision_comment: string,
})

export const searchTransitionRequests = endpoint({
  method: 'GET',
  path: '/transition-requests',
  at: 'trackway',
  mode: 'read',
  access: { resource: 'registered_model', permission: 'search' },
  summary: 'The requests for transitions of all models, page by page; the newest first.',
  request: message({
    states: optional(list(requestState), 'Only those; OPEN when empty.'),
    name: optional(string, 'Only those of this registered model.'),
    max_results: optional(int64, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({ requests: list(transitionRequest), next_page_token: string }),
})

export const approveTransitionRequest = endpoint({
  method: 'POST',
  path: '/mlflow/transition-requests/approve',
  mode: 'write',
  access: onVersion('edit'),
  summary: 'Approve what was asked for: the version moves, and the open requests for this stage are closed.',
  request: message({
    ...versionRef,
    ...stage,
    archive_existing_versions: required(boolean, 'Whether versions that are in this stage now become Archived.'),
    ...reason,
  }),
  response: oneActivity,
})

export const rejectTransitionRequest = endpoint({
  method: 'POST',
  path: '/mlflow/transition-requests/reject',
  mode: 'write',
  access: onVersion('edit'),
  summary: 'Reject what was asked for: the version stays, and the open requests for this stage are closed.',
  request: message({ ...versionRef, ...stage, ...reason }),
  response: oneActivity,
})

export const deleteTransitionRequest = endpoint({
  method: 'DELETE',
  path: '/mlflow/transition-requests/delete',
  mode: 'write',
  access: onVersion('read'),
  summary: 'Take a request back, as who asked.',
  request: message({
    ...versionRef,
    ...stage,
    creator: optional(string, 'Who asked; the caller when absent.'),
    ...reason,
  }),
  response: oneActivity,
})

export const createComment = endpoint({
  method: 'POST',
  path: '/mlflow/comments/create',
  mode: 'write',
  access: onVersion('read'),
  summary: 'Comment on a version.',
  request: message({ ...versionRef, comment: required(string) }),
  response: oneComment,
})

const onComment = { resource: 'comment', permission: 'edit', field: 'id' } as const

export const updateComment = endpoint({
  method: 'PATCH',
  path: '/mlflow/comments/update',
  mode: 'write',
  access: onComment,
  summary: 'Change a comment of your own.',
  request: message({ id: required(string), comment: required(string) }),
  response: oneComment,
})

export const deleteComment = endpoint({
  method: 'DELETE',
  path: '/mlflow/comments/delete',
  mode: 'write',
  access: onComment,
  summary: 'Delete a comment of your own.',
  request: message({ id: required(string) }),
  response: empty,
})

export const listModelVersionActivities = endpoint({
  method: 'GET',
  path: '/model-versions/activities',
  at: 'trackway',
  mode: 'read',
  cost: 'light',
  access: onVersion('read'),
  summary: 'Who did what with a version, when and why, page by page; the newest first.',
  request: message({
    ...versionRef,
    max_results: optional(int64, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({ activities: list(activity), next_page_token: string }),
})
