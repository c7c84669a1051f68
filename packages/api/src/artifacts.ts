import { endpoint } from './endpoint.ts'
import { boolean, emptyableString, int64, list, message, optional, required, string, stringMap } from './schema.ts'

export const fileInfo = message({
  path: required(string),
  is_dir: required(boolean),
  file_size: optional(int64, 'Bytes; absent for a folder.'),
})

const empty = message({})
const proxied = message({ artifact_path: required(string, 'Path below the artifact root.') })
const onProxy = (permission: 'read' | 'edit') => ({ resource: 'artifact', permission, field: 'artifact_path' }) as const
const ofRun = (permission: 'read' | 'edit') => ({ resource: 'run', permission, field: 'run_id' }) as const

export const listArtifacts = endpoint({
  method: 'GET',
  path: '/mlflow/artifacts/list',
  mode: 'stream',
  access: ofRun('read'),
  summary: "List a folder of a run's artifacts, by path; paths count from the run's root.",
  request: message({ run_id: string, run_uuid: string, path: string, page_token: string }),
  response: message({ root_uri: required(string), files: list(fileInfo), next_page_token: string }),
})

export const getArtifact = endpoint({
  method: 'GET',
  path: '/get-artifact',
  at: 'root',
  mode: 'stream',
  file: 'response',
  access: ofRun('read'),
  summary: "Download a file of a run's artifacts.",
  request: message({ run_id: string, run_uuid: string, path: required(string) }),
  response: empty,
})

export const getLoggedModelArtifact = endpoint({
  method: 'GET',
  path: '/mlflow/logged-models/{model_id}/artifacts/files',
  mode: 'stream',
  file: 'response',
  access: { resource: 'logged_model', permission: 'read', field: 'model_id' },
  summary: "Download a file of a logged model's artifacts.",
  request: message({ model_id: required(string), artifact_file_path: required(string) }),
  response: empty,
})

export const uploadArtifact = endpoint({
  method: 'POST',
  path: '/mlflow/upload-artifact',
  mode: 'stream',
  file: 'request',
  access: ofRun('edit'),
  summary: "Upload a file, as the request's body, to a run's artifacts.",
  request: message({ run_uuid: string, run_id: string, path: required(string) }),
  response: empty,
})

export const listProxiedArtifacts = endpoint({
  method: 'GET',
  path: '/mlflow-artifacts/artifacts',
  mode: 'stream',
  access: { resource: 'artifact', permission: 'read', field: 'path' },
  summary: 'List a folder below the artifact root, by path; paths count from that folder.',
  request: message({ path: string }),
  response: message({ files: list(fileInfo) }),
})

export const downloadProxiedArtifact = endpoint({
  method: 'GET',
  path: '/mlflow-artifacts/artifacts/{artifact_path*}',
  mode: 'stream',
  file: 'response',
  access: onProxy('read'),
  summary: 'Download a file; one byte range is honoured.',
  request: proxied,
  response: empty,
})

export const uploadProxiedArtifact = endpoint({
  method: 'PUT',
  path: '/mlflow-artifacts/artifacts/{artifact_path*}',
  mode: 'stream',
  file: 'request',
  access: onProxy('edit'),
  summary: "Upload a file as the request's body. It appears whole or not at all.",
  request: proxied,
  response: empty,
})

export const deleteProxiedArtifact = endpoint({
  method: 'DELETE',
  path: '/mlflow-artifacts/artifacts/{artifact_path*}',
  mode: 'stream',
  access: onProxy('edit'),
  summary: 'Delete a file or a folder with all in it.',
  request: proxied,
  response: empty,
})

export const createMultipartUpload = endpoint({
  method: 'POST',
  path: '/mlflow-artifacts/mpu/create/{artifact_path*}',
  mode: 'stream',
  access: onProxy('edit'),
  summary: 'Begin an upload in parts. `path` is the file within the folder of the URL.',
  request: message({
    artifact_path: required(string),
    path: required(string),
    num_parts: required(int64, 'From 1 to 10,000.'),
  }),
  response: message({
    upload_id: required(string),
    credentials: list(message({ url: required(string), part_number: required(int64), headers: stringMap })),
  }),
})

export const uploadPart = endpoint({
  method: 'PUT',
  path: '/mlflow-artifacts/mpu/part/{artifact_path*}',
  mode: 'stream',
  file: 'request',
  access: onProxy('edit'),
  summary: 'Upload one part; the reply carries its ETag.',
  request: message({
    artifact_path: required(string),
    upload_id: required(string),
    part_number: required(int64),
  }),
  response: empty,
})

export const completeMultipartUpload = endpoint({
  method: 'POST',
  path: '/mlflow-artifacts/mpu/complete/{artifact_path*}',
  mode: 'stream',
  access: onProxy('edit'),
  summary: 'Join the parts to the file, which appears now.',
  request: message({
    artifact_path: required(string),
    path: required(string),
    upload_id: required(string),
    parts: list(message({ part_number: required(int64), etag: required(emptyableString), url: string })),
  }),
  response: empty,
})

export const abortMultipartUpload = endpoint({
  method: 'POST',
  path: '/mlflow-artifacts/mpu/abort/{artifact_path*}',
  mode: 'stream',
  access: onProxy('edit'),
  summary: 'Give an upload in parts up and remove what was sent.',
  request: message({ artifact_path: required(string), path: required(string), upload_id: required(string) }),
  response: empty,
})

export const getPresignedDownloadUrl = endpoint({
  method: 'GET',
  path: '/mlflow-artifacts/presigned/{artifact_path*}',
  mode: 'stream',
  access: onProxy('read'),
  summary: 'A URL by which a file comes straight from the object store behind the server.',
  request: proxied,
  response: message({ url: required(string), headers: stringMap, file_size: int64 }),
})

const expiration = optional(int64, 'Seconds for which the URL is good, from 1 to 604,800.')

export const createPresignedDownloadUrl = endpoint({
  method: 'POST',
  path: '/mlflow/artifacts/presigned-download-url',
  mode: 'stream',
  access: ofRun('read'),
  summary: "A URL by which a file of a run's artifacts comes straight from an object store that clients use directly.",
  request: message({ run_id: required(string), path: required(string), expiration }),
  response: message({ presigned_url: required(string), headers: stringMap, file_size: int64 }),
})

export const createPresignedUploadUrl = endpoint({
  method: 'POST',
  path: '/mlflow/artifacts/presigned-upload-url',
  mode: 'stream',
  access: ofRun('edit'),
  summary: "A URL to which a file of a run's or logged model's artifacts is PUT, straight to the object store.",
  request: message({ run_id: string, model_id: string, path: required(string), expiration }),
  response: message({ presigned_url: required(string), headers: stringMap }),
})
