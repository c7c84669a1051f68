import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startS3Server } from '../packages/server/src/artifacts/test-s3-server.ts'
import type { S3Server } from '../packages/server/src/artifacts/test-s3-server.ts'
import { pythonEnvironment } from './python-environment.ts'
import type { PythonEnvironment } from './python-environment.ts'
import { launchServer } from './start-server.ts'

let s3: S3Server
let python: PythonEnvironment

beforeAll(async () => {
  python = await pythonEnvironment('python')
  s3 = await startS3Server()
}, 900_000)

afterAll(async () => await s3.stop())

const small = String(5 * 1024 * 1024)

test.each([
  ['proxied.py', '--artifacts-destination', 'behind'],
  ['direct.py', '--default-artifact-root', 'direct'],
])('the official Python client and a bucket: %s', { timeout: 300_000 }, async (script, flag, prefix) => {
  if ('unavailable' in python) throw new Error(python.unavailable)
  const folder = mkdtempSync(join(tmpdir(), 'trackway-conformance-'))
  const { child, url, ended } = launchServer(folder, { flags: [flag, `${s3.uri}/${prefix}`], env: s3.env })
  try {
    const env = {
      ...process.env,
      ...(flag === '--default-artifact-root' ? s3.env : {}),
      MLFLOW_TRACKING_URI: await url,
      STORE_ADDRESS: s3.env['MLFLOW_S3_ENDPOINT_URL'],
      MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: 'true',
      MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: small,
      MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: small,
      MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE: small,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      GIT_PYTHON_REFRESH: 'quiet',
    }
    const file = join(import.meta.dirname, 'artifact-stores', script)
    const outcome = await promisify(execFile)(join(python.bin, 'python'), [file, folder], { cwd: folder, env }).then(
      () => 'passed',
      (error: { stderr?: string }) => error.stderr ?? 'The client could not be started.',
    )
    expect(outcome).toBe('passed')
  } finally {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
})
