import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'

import { artifactDestinationOf, artifactRootOf, databaseOf } from './data-location.ts'
import type { DatabaseLocation } from './data-location.ts'
import { readFlags, UsageError } from './flags.ts'
import type { Flags } from './flags.ts'
import { mlflowFlags } from './mlflow-flags.ts'
import { webhookConfigOf, webhookFlags } from './webhook-flags.ts'
import type { WebhookConfig } from './webhook-flags.ts'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** Every flag and environment variable of `trackway server`, with MLflow's names where it has one. */
export const serverFlags = {
  backendStoreUri: {
    name: 'backend-store-uri',
    env: ['MLFLOW_BACKEND_STORE_URI'],
    type: 'string',
    default: 'sqlite:///trackway-data/trackway.db',
    placeholder: 'URI',
    help: 'Database that holds experiments and runs: an SQLite file (sqlite:///relative.db, sqlite:////absolute.db or a path that ends in .db), made where it is missing, or PostgreSQL (postgresql://user:password@host/database).',
  },
  registryStoreUri: {
    name: 'registry-store-uri',
    env: ['MLFLOW_REGISTRY_STORE_URI'],
    type: 'string',
    placeholder: 'URI',
    help: 'Accepted for the sake of start scripts where it names the same file as --backend-store-uri: there is one store.',
  },
  databasePoolSize: {
    name: 'database-pool-size',
    env: ['MLFLOW_SQLALCHEMYSTORE_POOL_SIZE'],
    type: 'integer',
    min: 3,
    max: 200,
    default: 10,
    help: 'Connections to PostgreSQL at most, of each process, beside one on which it hears of events.',
  },
  serveArtifacts: {
    name: 'serve-artifacts',
    env: ['MLFLOW_SERVE_ARTIFACTS'],
    type: 'boolean',
    default: true,
    help: 'Clients send artifacts to the server and fetch them from it; with --no-serve-artifacts they need the storage itself.',
  },
  artifactsDestination: {
    name: 'artifacts-destination',
    env: ['MLFLOW_ARTIFACTS_DESTINATION'],
    type: 'string',
    default: './trackway-data/artifacts',
    placeholder: 'URI',
    help: 'Where the server keeps the artifacts that pass through it: a folder, or an object store such as s3://bucket/folder.',
  },
  defaultArtifactRoot: {
    name: 'default-artifact-root',
    env: ['MLFLOW_DEFAULT_ARTIFACT_ROOT'],
    type: 'string',
    placeholder: 'URI',
    help: "Where new experiments' artifacts lie, as clients see it. Default: mlflow-artifacts:/ (through the server), or the artifacts' folder with --no-serve-artifacts.",
  },
  directTransfers: {
    name: 'direct-transfers',
    env: ['TRACKWAY_DIRECT_TRANSFERS'],
    type: 'boolean',
    default: true,
    help: 'Clients move large artifacts straight from and to the object store behind the server, by URLs that it signs; with --no-direct-transfers all bytes pass through the server, for stores that clients cannot reach.',
  },
  presignedDownloadSeconds: {
    env: ['MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS'],
    type: 'integer',
    min: 1,
    max: 604_800,
    default: 300,
    help: 'How long a signed URL for a download is good for, in seconds.',
  },
  host: {
    name: 'host',
    short: 'h',
    env: ['MLFLOW_HOST'],
    type: 'string',
    default: '127.0.0.1',
    placeholder: 'ADDRESS',
    help: 'Network address to listen on; 0.0.0.0 listens on all. Who may call is what --allowed-hosts says.',
  },
  port: {
    name: 'port',
    short: 'p',
    env: ['MLFLOW_PORT'],
    type: 'integer',
    max: 65_535,
    default: 5000,
    help: 'Port to listen on; 0 finds a free one.',
  },
  workers: {
    name: 'workers',
    short: 'w',
    env: ['MLFLOW_WORKERS'],
    type: 'integer',
    min: 1,
    max: 256,
    default: 1,
    help: 'How many processes share the port, each with all that the server does. They need PostgreSQL; SQLite is served by one. SIGHUP replaces them one by one, without a failed request.',
  },
  shutdownDelay: {
    name: 'shutdown-delay',
    env: ['TRACKWAY_SHUTDOWN_DELAY'],
    type: 'integer',
    max: 3600,
    default: 0,
    placeholder: 'SECONDS',
    help: 'How long the server goes on serving after the signal to stop, with /ready at 503: the time that load balancers need to notice.',
  },
  staticPrefix: {
    name: 'static-prefix',
    env: ['MLFLOW_STATIC_PREFIX'],
    type: 'string',
    placeholder: '/PREFIX',
    help: 'Path before every address of the server, for a reverse proxy that does not take it off.',
  },
  allowedHosts: {
    name: 'allowed-hosts',
    env: ['MLFLOW_SERVER_ALLOWED_HOSTS'],
    type: 'list',
    help: "Host names by which requests may address the server, against DNS rebinding, such as 'ml.example.com,*.internal:5000'. A name without a port stands for all ports; '*' allows every name. Default: localhost, private addresses and --host.",
  },
  corsAllowedOrigins: {
    name: 'cors-allowed-origins',
    env: ['MLFLOW_SERVER_CORS_ALLOWED_ORIGINS'],
    type: 'list',
    help: "Origins of other web pages that may call the server, such as 'https://app.example.com,https://*.example.org'; '*' allows every page, without cookies. Pages of localhost and the server's own always may.",
  },
  xFrameOptions: {
    name: 'x-frame-options',
    env: ['MLFLOW_SERVER_X_FRAME_OPTIONS'],
    type: 'string',
    choices: ['SAMEORIGIN', 'DENY', 'NONE'],
    default: 'SAMEORIGIN',
    help: 'Which pages may show the UI inside a frame; NONE lets all.',
  },
  disableSecurityMiddleware: {
    name: 'disable-security-middleware',
    env: ['MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE'],
    type: 'boolean',
    help: 'Switches off the checks of Host and Origin and the headers that go with them. Any web page can then use the server through its visitors.',
  },
  exposePrometheus: {
    name: 'expose-prometheus',
    env: ['MLFLOW_EXPOSE_PROMETHEUS'],
    type: 'switch',
    help: 'Serves metrics of the server itself at /metrics, for Prometheus. The folder that MLflow wants here may be given and is not used.',
  },
  logLevel: {
    name: 'log-level',
    env: ['TRACKWAY_LOG_LEVEL'],
    type: 'string',
    choices: logLevels,
    default: 'info',
    help: 'The least important log lines that are written.',
  },
  jsonLogs: {
    name: 'json-logs',
    env: ['TRACKWAY_JSON_LOGS'],
    type: 'boolean',
    help: 'Writes everything as lines of JSON, for log collectors.',
  },
  truncateLongValues: {
    env: ['MLFLOW_TRUNCATE_LONG_VALUES'],
    type: 'boolean',
    default: true,
    help: 'Cuts params at 6,000 characters and tags at 8,000; when false, longer ones are refused.',
  },
  versionSourcePattern: {
    env: ['MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX'],
    type: 'string',
    placeholder: 'REGEX',
    help: 'Regular expression that the source of a new model version must match; others are refused.',
  },
  ...webhookFlags,
} as const satisfies Flags

/** What a server is started with: every choice made, every path absolute. */
export interface ServerConfig {
  readonly database: DatabaseLocation
  /** Connections at most, of each process; for PostgreSQL. */
  readonly databasePoolSize: number
  /** What lies behind the artifact proxy: the absolute path of a folder, or the URI of a store. */
  readonly artifactsDestination: string
  /** Root of new experiments' artifacts: `mlflow-artifacts:/…`, an absolute path or any other URI. */
  readonly defaultArtifactRoot: string
  readonly serveArtifacts: boolean
  /** Whether clients may be led past the server to the store behind it. */
  readonly directTransfers: boolean
  readonly presignedDownloadSeconds: number
  /** A name or address without brackets. */
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** Processes that serve; 1 is this process itself. */
  readonly workers: number
  /** In ms. */
  readonly shutdownDelay: number
  /** '' or '/prefix'. */
  readonly staticPrefix: string
  /** Patterns of Host headers; empty for the defaults (localhost, private addresses and `host`). */
  readonly allowedHosts: readonly string[]
  /** Patterns of Origin headers beyond localhost and the server's own. */
  readonly corsAllowedOrigins: readonly string[]
  readonly xFrameOptions: 'SAMEORIGIN' | 'DENY' | 'NONE'
  readonly disableSecurityMiddleware: boolean
  readonly exposePrometheus: boolean
  readonly logLevel: LogLevel
  readonly jsonLogs: boolean
  readonly truncateLongValues: boolean
  /** A regular expression that sources of new model versions must match; null for any. */
  readonly versionSourcePattern: string | null
  readonly webhooks: WebhookConfig
  /** What the user should know before the server runs: flags without effect, dangerous choices. */
  readonly notices: readonly string[]
}

/**
 * The settings of `trackway server` from its arguments, the environment and the defaults, in this order.
 * Relative paths lie in `cwd`.
 * @throws UsageError whose message says what was given and what is allowed.
 */
export function parseServerConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ServerConfig {
  const { values, sources, notices } = readFlags({ ...serverFlags, ...mlflowFlags }, argv, env)
  const sourceOf = (key: keyof typeof serverFlags, flag: string): string => sources[key] ?? flag

  const database = databaseOf(values.backendStoreUri, sourceOf('backendStoreUri', '--backend-store-uri'), cwd)
  if (values.registryStoreUri !== undefined) {
    const source = sourceOf('registryStoreUri', '--registry-store-uri')
    if (!isDeepStrictEqual(databaseOf(values.registryStoreUri, source, cwd), database)) {
      throw new UsageError(`${source} must name the same store as --backend-store-uri: there is one store for both.`)
    }
  }
  const isShared = database.engine === 'postgres'
  const artifactsDestination = artifactDestinationOf(
    values.artifactsDestination,
    sourceOf('artifactsDestination', '--artifacts-destination'),
    cwd,
  )
  return {
    database,
    databasePoolSize: values.databasePoolSize,
    artifactsDestination,
    defaultArtifactRoot: defaultArtifactRoot(values, artifactsDestination, cwd),
    serveArtifacts: values.serveArtifacts,
    directTransfers: values.directTransfers,
    presignedDownloadSeconds: values.presignedDownloadSeconds,
    host: checkHost(values.host, sourceOf('host', '--host')),
    port: values.port,
    workers: isShared ? values.workers : 1,
    shutdownDelay: values.shutdownDelay * 1000,
    staticPrefix: checkPrefix(values.staticPrefix, sourceOf('staticPrefix', '--static-prefix')),
    allowedHosts: values.allowedHosts,
    corsAllowedOrigins: checkOrigins(
      values.corsAllowedOrigins,
      sourceOf('corsAllowedOrigins', '--cors-allowed-origins'),
    ),
    xFrameOptions: values.xFrameOptions,
    disableSecurityMiddleware: values.disableSecurityMiddleware,
    exposePrometheus: values.exposePrometheus,
    logLevel: values.logLevel,
    jsonLogs: values.jsonLogs,
    truncateLongValues: values.truncateLongValues,
    versionSourcePattern: checkPattern(values.versionSourcePattern, sources.versionSourcePattern),
    webhooks: webhookConfigOf({ values, sources }, database),
    notices: [...notices, ...(isShared ? [] : oneProcess(values.workers, sources.workers)), ...warnings(values)],
  }
}

function defaultArtifactRoot(
  given: { defaultArtifactRoot: string | undefined; serveArtifacts: boolean },
  artifactsDestination: string,
  cwd: string,
): string {
  if (given.defaultArtifactRoot === undefined) return given.serveArtifacts ? 'mlflow-artifacts:/' : artifactsDestination
  const root = artifactRootOf(given.defaultArtifactRoot, cwd)
  if (root.startsWith('mlflow-artifacts:') && !given.serveArtifacts) {
    throw new UsageError(`--default-artifact-root '${root}' passes through the server: it needs --serve-artifacts.`)
  }
  return root
}

function checkHost(host: string, source: string): string {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host
  if (isIP(bare) !== 0 || /^[\w.-]+$/.test(bare)) return bare
  throw new UsageError(`${source} takes a host name or address without scheme and port, got '${host}'.`)
}

function checkPrefix(prefix: string | undefined, source: string): string {
  if (prefix === undefined || /^(\/[\w~-][\w.~-]*)+$/.test(prefix)) return prefix ?? ''
  throw new UsageError(
    `${source} must begin with '/', must not end with '/', and may hold letters, digits and - . _ ~ between, got '${prefix}'.`,
  )
}

function checkOrigins(origins: readonly string[], source: string): readonly string[] {
  for (const origin of origins) {
    if (origin === '*' || /^[a-z*][a-z0-9+.*-]*:\/\/[^/?#]+$/i.test(origin)) continue
    throw new UsageError(`${source} takes origins such as https://app.example.com, without a path, got '${origin}'.`)
  }
  return origins
}

function checkPattern(pattern: string | undefined, source = ''): string | null {
  if (pattern === undefined) return null
  try {
    new RegExp(pattern)
    return pattern
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${source} takes a regular expression as JavaScript knows it: ${reason}.`)
  }
}

function oneProcess(workers: number, source = '--workers'): string[] {
  if (workers === 1) return []
  return [
    `${source} ${workers} has no effect with SQLite: one process serves all requests, with threads for the database. ` +
      'With PostgreSQL each worker is a process.',
  ]
}

function warnings(values: {
  disableSecurityMiddleware: boolean
  allowedHosts: readonly string[]
  corsAllowedOrigins: readonly string[]
}): string[] {
  if (values.disableSecurityMiddleware) {
    return ['Host and Origin are not checked: any web page can use this server through its visitors.']
  }
  const found: string[] = []
  if (values.allowedHosts.includes('*')) found.push('Every Host is allowed: DNS rebinding is possible.')
  if (values.corsAllowedOrigins.includes('*')) found.push('Every Origin is allowed: any web page can use this server.')
  return found
}
