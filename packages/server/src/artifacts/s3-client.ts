import { S3Client } from '@aws-sdk/client-s3'
import type { PutObjectCommandInput, S3ClientConfig } from '@aws-sdk/client-s3'

import { StartupError } from '../startup-error.ts'
import { createBulkAgent } from './bulk-agent.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says about S3, beyond what the SDK reads of it. */
export interface S3Settings {
  readonly client: S3Client
  /** Parameters of every request: whose bucket it must be. */
  readonly owner: { readonly ExpectedBucketOwner?: string }
  /** Parameters of what begins a file, such as its encryption and storage class. */
  readonly upload: Partial<PutObjectCommandInput>
  /** Whether requests are signed; nothing can be signed in advance without. */
  readonly isSigned: boolean
  /** Whether uploads carry a CRC-32 that the store checks. */
  readonly sendsChecksums: boolean
}

/**
 * A client for S3, or for what speaks its protocol, set up by MLflow's variables (`MLFLOW_S3_…`,
 * `MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE`) and AWS's. Credentials in the environment come before profiles, as in boto3.
 * @throws StartupError for a variable that cannot be understood.
 */
export async function openS3Client(env: Environment): Promise<S3Settings> {
  const endpoint = env['MLFLOW_S3_ENDPOINT_URL'] || env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL']
  const signature = env['MLFLOW_EXPERIMENTAL_S3_SIGNATURE_VERSION']?.toLowerCase() || 's3v4'
  if (signature !== 's3v4' && signature !== 'unsigned') {
    throw new StartupError(`MLFLOW_EXPERIMENTAL_S3_SIGNATURE_VERSION takes s3v4 or unsigned, got '${signature}'.`)
  }
  const style = env['MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE'] || 'auto'
  if (!['auto', 'path', 'virtual'].includes(style)) {
    throw new StartupError(`MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE takes auto, path or virtual, got '${style}'.`)
  }
  const config: S3ClientConfig = {
    region: await regionOf(env),
    // Names of buckets are seldom names of hosts at a custom endpoint; boto3 decides in the same way.
    forcePathStyle: style === 'path' || (style === 'auto' && endpoint !== undefined),
    followRegionRedirects: true,
    // What matters is thrown; the SDK would write to the console.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    // What is sent has its own checksum where the store knows them; others refuse the SDK's way of sending one.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK would open a connection for each part that is to wait for the store's consent, and throw it away.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: 5000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      // Transfers to slow clients hold a socket each; they must not keep others from the store.
      httpAgent: createBulkAgent({ keepAlive: true, maxSockets: 512 }),
      httpsAgent: { keepAlive: true, maxSockets: 512, rejectUnauthorized: !isTrue(env['MLFLOW_S3_IGNORE_TLS']) },
    },
  }
  if (endpoint !== undefined) config.endpoint = checkEndpoint(endpoint)
  const credentials = credentialsOf(env)
  if (credentials) config.credentials = credentials
  if (signature === 'unsigned') config.signer = { sign: async (request) => request }

  const client = new S3Client(config)
  // Hashing a part for its signature would hold the main thread up for tens of milliseconds; the CRC-32 guards it.
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { headers } = args.request as { headers: Record<string, string> }
        if (commandName === 'PutObjectCommand' || commandName === 'UploadPartCommand') {
          headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
        }
        return await next(args)
      },
    { step: 'build', name: 'unsignedPayload' },
  )

  return {
    client,
    owner: env['MLFLOW_S3_EXPECTED_BUCKET_OWNER']
      ? { ExpectedBucketOwner: env['MLFLOW_S3_EXPECTED_BUCKET_OWNER'] }
      : {},
    upload: uploadArguments(env['MLFLOW_S3_UPLOAD_EXTRA_ARGS']),
    isSigned: signature !== 'unsigned',
    sendsChecksums: env['AWS_REQUEST_CHECKSUM_CALCULATION']?.toUpperCase() !== 'WHEN_REQUIRED',
  }
}

/** The SDK reads AWS_REGION and profiles; boto3's AWS_DEFAULT_REGION it does not know, nor a region to fall back to. */
async function regionOf(env: Environment): Promise<string> {
  const named = env['AWS_REGION'] || env['AWS_DEFAULT_REGION']
  if (named) return named
  const probe = new S3Client({})
  try {
    return await probe.config.region()
  } catch {
    return 'us-east-1'
  } finally {
    probe.destroy()
  }
}

function credentialsOf(env: Environment): { accessKeyId: string; secretAccessKey: string } | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  const sessionToken = env['AWS_SESSION_TOKEN']
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

function checkEndpoint(endpoint: string): string {
  if (/^https?:\/\/[^/]/.test(endpoint) && URL.canParse(endpoint)) return endpoint
  throw new StartupError(`MLFLOW_S3_ENDPOINT_URL takes an address such as http://minio:9000, got '${endpoint}'.`)
}

function uploadArguments(text: string | undefined): Partial<PutObjectCommandInput> {
  if (!text) return {}
  try {
    const given: unknown = JSON.parse(text)
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  } catch {
    // Told below.
  }
  throw new StartupError(
    `MLFLOW_S3_UPLOAD_EXTRA_ARGS takes a JSON object such as {"ServerSideEncryption": "aws:kms"}, got '${text}'.`,
  )
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['true', '1'].includes(value.toLowerCase())
}

function ignore(): void {}
