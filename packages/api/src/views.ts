import { endpoint } from './endpoint.ts'
import { boolean, int64, json, list, message, optional, required, string } from './schema.ts'

/** What somebody has set a page to, under a name: a link that is short and a place to come back to. */
export const view = message({
  view_id: required(string, 'Short enough for an address.'),
  name: required(string),
  experiment_id: optional(string, 'The experiment that it is about; none where it is about several.'),
  state: required(json, 'What the page keeps of itself.'),
  is_default: optional(boolean, 'Whether the experiment opens with it.'),
  user_id: string,
  creation_timestamp: required(int64),
  last_updated_timestamp: required(int64),
})

const oneView = message({ view: required(view) })
const byId = { view_id: required(string) }
const onView = (permission: 'read' | 'edit') => ({ resource: 'view', permission, field: 'view_id' }) as const

export const createView = endpoint({
  method: 'POST',
  path: '/views',
  at: 'trackway',
  mode: 'write',
  access: { resource: 'server', permission: 'create' },
  summary: 'Keep a view. A default takes the place of the experiment’s former one.',
  request: message({
    name: required(string, 'At most 200 characters.'),
    experiment_id: string,
    state: required(json, 'A JSON object of at most 64 KiB.'),
    is_default: boolean,
  }),
  response: oneView,
})

export const listViews = endpoint({
  method: 'GET',
  path: '/views',
  at: 'trackway',
  mode: 'read',
  access: { resource: 'view', permission: 'search' },
  summary: 'The views of an experiment, or those of none, by name.',
  request: message({ experiment_id: string }),
  response: message({ views: list(view) }),
})

export const getView = endpoint({
  method: 'GET',
  path: '/views/{view_id}',
  at: 'trackway',
  mode: 'read',
  access: onView('read'),
  summary: 'Read a view.',
  request: message(byId),
  response: oneView,
})

export const updateView = endpoint({
  method: 'PATCH',
  path: '/views/{view_id}',
  at: 'trackway',
  mode: 'write',
  access: onView('edit'),
  summary: 'Change a view. What is absent stays as it is.',
  request: message({ ...byId, name: string, state: json, is_default: boolean }),
  response: oneView,
})

export const deleteView = endpoint({
  method: 'DELETE',
  path: '/views/{view_id}',
  at: 'trackway',
  mode: 'write',
  access: onView('edit'),
  summary: 'Delete a view.',
  request: message(byId),
  response: message({}),
})
