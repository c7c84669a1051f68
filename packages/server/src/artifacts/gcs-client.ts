import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { readFileSync } from 'node:fs'

import { StartupError } from '../startup-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says about Google Cloud Storage. */
export interface GcsSettings {
  readonly storage: Storage
  /** Bytes of a block of an upload. */
  readonly blockBytes: number
  /** How long nothing may come from the store. */
  readonly timeoutMs: number
  /** Whether there is a service account's key, without which nothing can be signed. */
  readonly isSigned: boolean
}

/** What the store wants blocks to be a multiple of. */
const quantum = 256 * 1024
const defaultBlockBytes = 8 * 1024 * 1024
const defaultTimeoutSeconds = 60
/** The longest that a timer takes. */
const foreverMs = 2 ** 31 - 1

/**
 * A client set up by MLflow's variables and Google's. `MLFLOW_GCS_DOWNLOAD_CHUNK_SIZE` has no effect: downloads are streams.
 * Where no credentials are found it asks as nobody, as MLflow does: enough for public buckets.
 * @throws StartupError for a variable that cannot be understood.
 */
export function openGcsClient(env: Environment): GcsSettings {
  const emulator = env['STORAGE_EMULATOR_HOST']
  const keyFilename = env['GOOGLE_APPLICATION_CREDENTIALS'] || undefined
  const timeoutMs = timeoutOf(env)
  const asked = whole(env, 'MLFLOW_GCS_UPLOAD_CHUNK_SIZE')
  if (asked !== undefined && (asked <= 0 || asked % quantum !== 0)) {
    throw new StartupError(`MLFLOW_GCS_UPLOAD_CHUNK_SIZE takes a multiple of ${quantum} bytes, got '${asked}'.`)
  }
  const endpoint = emulator === undefined || emulator === '' ? undefined : addressOf(emulator)
  const storage = new Storage({
    retryOptions: {
      autoRetry: true,
      maxRetries: 2,
      totalTimeout: 60,
      maxRetryDelay: 8,
      // A file is stored whole or not at all, so to send it again changes nothing.
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
    timeout: timeoutMs,
    ...(keyFilename ? { keyFilename } : {}),
    ...(endpoint ? { apiEndpoint: endpoint, projectId: 'emulator' } : {}),
  })
  // The SDK takes the variable as it stands where the process has it too, and forgets the path of the interface.
  if (endpoint) storage.baseUrl = `${endpoint}/storage/v1`
  return {
    storage,
    blockBytes: asked ?? defaultBlockBytes,
    timeoutMs,
    isSigned: keyFilename !== undefined && isServiceAccount(keyFilename),
  }
}

/** Of silence, as in MLflow, where 0 is the usual time and -1 is for ever. */
function timeoutOf(env: Environment): number {
  const seconds = whole(env, 'MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT') || defaultTimeoutSeconds
  if (seconds === -1) return foreverMs
  if (seconds > 0) return Math.min(seconds * 1000, foreverMs)
  throw new StartupError(
    `MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT takes a number of seconds, or -1 for no limit, got '${seconds}'.`,
  )
}

function isServiceAccount(file: string): boolean {
  try {
    const key = JSON.parse(readFileSync(file, 'utf8')) as { client_email?: unknown; private_key?: unknown }
    return typeof key.client_email === 'string' && typeof key.private_key === 'string'
  } catch (error) {
    throw new StartupError(
      `GOOGLE_APPLICATION_CREDENTIALS names ${file}, which is not a JSON file of credentials that the server can read.`,
      { cause: error },
    )
  }
}

function addressOf(emulator: string): string {
  const address = (/^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`).replace(/\/+$/, '')
  if (URL.canParse(address)) return address
  throw new StartupError(`STORAGE_EMULATOR_HOST takes an address such as http://127.0.0.1:4443, got '${emulator}'.`)
}

function whole(env: Environment, name: string): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw new StartupError(`${name} takes a whole number, got '${text}'.`)
  return Number(text)
}
