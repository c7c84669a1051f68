import type { Flags } from './flags.ts'

const python = 'it configures a Python web server, and Trackway has none.'

/**
 * Flags of `mlflow server` that mean nothing here. Those that only tune Python's servers or features that no client
 * misses are accepted with a notice, so that start scripts go on working; those whose absence would be a surprise
 * (who may see what, where data goes) stop the start.
 */
export const mlflowFlags = {
  gunicornOpts: {
    name: 'gunicorn-opts',
    env: ['MLFLOW_GUNICORN_OPTS'],
    type: 'string',
    help: 'Options for gunicorn in MLflow.',
    ignored: python,
  },
  uvicornOpts: {
    name: 'uvicorn-opts',
    env: ['MLFLOW_UVICORN_OPTS'],
    type: 'string',
    help: 'Options for uvicorn in MLflow.',
    ignored: python,
  },
  waitressOpts: {
    name: 'waitress-opts',
    type: 'string',
    help: 'Options for waitress in MLflow.',
    ignored: python,
  },
  dev: {
    name: 'dev',
    type: 'boolean',
    help: 'Debug logs and automatic reload in MLflow.',
    ignored: 'for more logs use --log-level debug.',
  },
  secretsCacheTtl: {
    name: 'secrets-cache-ttl',
    type: 'string',
    placeholder: 'SECONDS',
    help: "Cache of the AI gateway's secrets in MLflow.",
    ignored: 'there is no AI gateway.',
  },
  secretsCacheMaxSize: {
    name: 'secrets-cache-max-size',
    type: 'string',
    placeholder: 'NUMBER',
    help: "Cache of the AI gateway's secrets in MLflow.",
    ignored: 'there is no AI gateway.',
  },
  webhookCacheTtl: {
    env: ['MLFLOW_WEBHOOK_CACHE_TTL'],
    type: 'string',
    placeholder: 'SECONDS',
    help: 'Cache of the list of webhooks in MLflow.',
    ignored: 'webhooks count as they are when something happens.',
  },
  disableWorkspaces: {
    name: 'disable-workspaces',
    type: 'boolean',
    help: 'No workspaces, the default in MLflow.',
    ignored: 'there are no workspaces.',
  },
  enableWorkspaces: {
    name: 'enable-workspaces',
    env: ['MLFLOW_ENABLE_WORKSPACES'],
    type: 'boolean',
    help: 'Separate workspaces in MLflow.',
    refused: 'there are no workspaces, and everybody would see everything.',
  },
  workspaceStoreUri: {
    name: 'workspace-store-uri',
    env: ['MLFLOW_WORKSPACE_STORE_URI'],
    type: 'string',
    placeholder: 'URI',
    help: 'Store of the workspaces in MLflow.',
    refused: 'there are no workspaces, and everybody would see everything.',
  },
  appName: {
    name: 'app-name',
    type: 'string',
    placeholder: 'NAME',
    help: "Another server application in MLflow, such as 'basic-auth'.",
    refused: 'it names a Python application. Sign-in comes later; without it the server would be open to everybody.',
  },
  artifactsOnly: {
    name: 'artifacts-only',
    env: ['MLFLOW_ARTIFACTS_ONLY'],
    type: 'boolean',
    help: 'Only the artifact proxy, no tracking, in MLflow.',
    refused: 'the server always tracks too.',
  },
  readReplicaBackendStoreUri: {
    name: 'read-replica-backend-store-uri',
    env: ['MLFLOW_READ_REPLICA_BACKEND_STORE_URI'],
    type: 'string',
    placeholder: 'URI',
    help: 'Read-only copy of the database in MLflow.',
    refused: 'an SQLite file has no replicas.',
  },
  traceArchivalConfig: {
    name: 'trace-archival-config',
    env: ['MLFLOW_TRACE_ARCHIVAL_CONFIG'],
    type: 'string',
    placeholder: 'PATH',
    help: 'Archival of traces in MLflow.',
    ignored: 'there are no traces to archive.',
  },
} as const satisfies Flags
