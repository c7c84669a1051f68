type Data = Readonly<Record<string, unknown>>

const texts: Readonly<Record<string, (data: Data) => string>> = {
  'registered_model.created': () => 'made the model',
  'registered_model.updated': () => 'changed the description of the model',
  'registered_model.renamed': (data) => `renamed the model from ${text(data, 'name')} to ${text(data, 'new_name')}`,
  'registered_model.deleted': () => 'deleted a model of this name',
  'registered_model.settings_updated': () => 'changed which moves need approval',
  'registered_model_tag.set': (data) => `set the tag ${text(data, 'key')} of the model to ${text(data, 'value')}`,
  'registered_model_tag.deleted': (data) => `removed the tag ${text(data, 'key')} of the model`,
  'model_version.created': () => 'registered',
  'model_version.updated': () => 'changed the description of',
  'model_version.deleted': () => 'deleted',
  'model_version.stage_transitioned': movedText,
  'model_version_tag.set': (data) => `set the tag ${text(data, 'key')} to ${text(data, 'value')} of`,
  'model_version_tag.deleted': (data) => `removed the tag ${text(data, 'key')} of`,
  'model_version_alias.created': (data) => `pointed the alias ${text(data, 'alias')} at`,
  'model_version_alias.deleted': (data) => `removed the alias ${text(data, 'alias')}`,
  'transition_request.created': (data) => `asked for a move to ${text(data, 'to_stage')} of`,
  'transition_request.approved': (data) => `approved the move to ${text(data, 'to_stage')}${askers(data)} of`,
  'transition_request.rejected': (data) => `rejected the move to ${text(data, 'to_stage')}${askers(data)} of`,
  'transition_request.deleted': (data) => `took back the request for ${text(data, 'to_stage')} of`,
  'comment.created': () => 'commented on',
  'comment.updated': () => 'changed a comment on',
  'comment.deleted': () => 'deleted a comment on',
}

/** What an event of a model says that its author did; the version that it was done with follows. */
export function eventText(kind: string, data: Data): string {
  return texts[kind]?.(data) ?? kind
}

function movedText(data: Data): string {
  const archived = Array.isArray(data['archived_versions']) ? data['archived_versions'] : []
  const rest = archived.length === 0 ? '' : ` (and archived ${archived.map((one) => `v${String(one)}`).join(', ')})`
  return `moved from ${text(data, 'from_stage')} to ${text(data, 'to_stage')}${rest}:`
}

function askers(data: Data): string {
  const names = Array.isArray(data['requested_by']) ? data['requested_by'].filter((one) => one !== '') : []
  return names.length === 0 ? '' : ` that ${names.map(String).join(', ')} asked for,`
}

/** A value of an event, cut to what fits a line. */
function text(data: Data, field: string): string {
  const value = data[field]
  if (typeof value !== 'string') return ''
  return value.length > 120 ? `${value.slice(0, 120)}…` : value
}
