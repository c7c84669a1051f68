import { endpoint } from './endpoint.ts'
import { message, oneOf, optional, required, string } from './schema.ts'

/** What people do with the artifacts of a run, a logged model or a model version in a browser. */

const owner = {
  run_id: optional(string, 'Whose artifacts: a run,'),
  model_id: optional(string, 'or a logged model,'),
  name: optional(string, 'or a model version, by name and number.'),
  version: string,
}
const readsOwner = { resource: 'artifact_owner', permission: 'read', field: 'run_id' } as const

export const previewArtifact = endpoint({
  method: 'GET',
  path: '/artifacts/preview',
  at: 'trackway',
  mode: 'stream',
  file: 'response',
  access: readsOwner,
  summary: 'Show a file in the page, with its true media type and without the rights of the page.',
  request: message({
    ...owner,
    path: required(string),
    scripts: optional(
      oneOf(['allow']),
      'Lets scripts within an HTML file run, as plots need, in an origin of their own and without the network.',
    ),
  }),
  response: message({}),
})

export const archiveArtifacts = endpoint({
  method: 'GET',
  path: '/artifacts/archive',
  at: 'trackway',
  mode: 'stream',
  file: 'response',
  access: readsOwner,
  summary: 'Download a folder with all in it as a ZIP file, made while it is sent.',
  request: message({ ...owner, path: optional(string, 'The folder; all artifacts when empty.') }),
  response: message({}),
})

export const deleteRunArtifact = endpoint({
  method: 'DELETE',
  path: '/runs/{run_id}/artifacts/{artifact_path*}',
  at: 'trackway',
  mode: 'stream',
  access: { resource: 'run', permission: 'edit', field: 'run_id' },
  summary: "Delete a file of a run's artifacts, or a folder with all in it. To upload one is `uploadArtifact`.",
  request: message({ run_id: required(string), artifact_path: required(string) }),
  response: message({}),
})
