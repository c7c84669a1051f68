import { endpoint } from './endpoint.ts'
import { boolean, message, required, string } from './schema.ts'

const publicAccess = { resource: 'public', permission: 'none' } as const

export const getServerInfo = endpoint({
  method: 'GET',
  path: '/mlflow/server-info',
  mode: 'stream',
  access: publicAccess,
  summary: 'What this server is and can do.',
  request: message({}),
  response: message({
    store_type: required(string, "'SqlStore', as MLflow names it."),
    workspaces_enabled: required(boolean),
    trace_archival_enabled: required(boolean),
    multipart_uploads_enabled: required(boolean),
    multipart_downloads_enabled: required(boolean),
    presigned_upload_run_id_supported: required(boolean),
    presigned_upload_model_id_supported: required(boolean),
    mlflow_version: required(string, 'The MLflow version whose API is implemented.'),
    trackway_version: required(string),
  }),
})
